"""A bug in the loop itself: what it costs, with a real exchange, Redis and database."""

import asyncio
import threading

import pytest

from feeds.clock import SystemClock
from feeds.connection.feed import lease_name, run_feed
from feeds.storage import lease
from feeds.storage.database import DatabaseThread
from feeds.venues import REGISTRY
from tests.exchange.server import Exchange

pytestmark = pytest.mark.django_db(transaction=True)


async def test_lease_is_given_back_when_the_feed_breaks(
    exchange: Exchange, redis_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W2: a bug in a dialect costs a restart, not the six seconds of a lease."""
    monkeypatch.setattr(type(REGISTRY["binance"]), "parse", lambda self, frame: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(run_feed("main", "test", threading.Event(), SystemClock()), 5.0)

    database = DatabaseThread("test")
    assert await database.run(lease.unheld, [lease_name("main")]) == [lease_name("main")]
    await database.close()
