"""A bug in the loop itself: what it costs, with a real exchange, Redis and database."""

import asyncio
import threading

import pytest

from feeds.clock import SystemClock
from feeds.connection.board import Board
from feeds.connection.feed import lease_name, run_feed
from feeds.storage import lease
from feeds.storage.database import DatabaseThread
from feeds.venues import REGISTRY
from tests.exchange.server import Exchange
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("alone")]


async def test_lease_is_given_back_when_the_feed_breaks(
    exchange: Exchange, redis_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W2: a bug in the loop costs a restart, not the six seconds of a lease."""
    monkeypatch.setattr(Board, "take", lambda self: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(run_feed("main", "test", threading.Event(), SystemClock()), 5.0)

    database = DatabaseThread("test")
    assert await database.run(lease.unheld, [lease_name("main")]) == [lease_name("main")]
    await database.close()


async def test_bug_in_a_dialect_costs_its_venue_and_no_other(
    lively: Exchange, observer: Observer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W2: it is a failed session like any other, and the next venue leads."""
    monkeypatch.setattr(type(REGISTRY["binance"]), "parse", lambda self, frame: 1 // 0)
    async with running():
        await observer.price_from("kucoin")
        state = await observer.venue_with("binance", lambda venue: "fault of ours" in venue.reason)
    assert state.attempts >= 1
