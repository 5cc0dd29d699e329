"""Nothing is silently missing, whatever is done to the stream."""

import pytest

from tests.faults.lossy import play
from tests.redis_server import RedisServer


@pytest.mark.django_db(transaction=True)
async def test_everything_that_happened_is_stored_or_in_a_gap(own_redis: RedisServer) -> None:
    """E25 E26 E33: all seven venues drop, repeat, shuffle and are cut; nothing is lost, nothing is there twice."""
    books = await play(own_redis.url, seconds=8.0)
    assert books.happened > 1000
    assert (books.lost, books.duplicated, books.unexplained) == ([], [], [])
