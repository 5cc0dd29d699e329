"""Which feeds there are to be subscribed to."""

import pytest
from channels.db import database_sync_to_async

from dashboard.sockets.directory import Directory
from feeds.models import Feed
from tests.clock import ManualClock

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_feed_that_is_new_is_known_five_seconds_later(clock: ManualClock) -> None:
    """Until then nobody asks the database, however many subscribe."""
    directory = Directory(clock)
    assert list(await directory.feeds()) == ["main"]
    await database_sync_to_async(Feed.objects.create)(name="second", title="Second")
    assert list(await directory.feeds()) == ["main"]
    await clock.advance(5)
    assert list(await directory.feeds()) == ["main", "second"]


async def test_what_was_read_long_ago_is_read_again(clock: ManualClock) -> None:
    """A reading that outlasted who asked for it is no answer to who asks an hour later."""
    directory = Directory(clock)
    directory._reading.begin(lambda: {"gone": frozenset()})
    await directory._reading.wait()
    await clock.advance(3600)
    assert list(await directory.feeds()) == ["main"]
