"""A connection that has an end in sight is renewed on purpose, and a ban is told as one."""

import pytest

from feeds.connection import roster
from feeds.storage.live import LiveStore
from feeds.venues.binance import Binance
from tests.exchange.server import Exchange
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("alone")]


async def test_connection_is_renewed_before_its_venue_cuts_it(
    lively: Exchange, observer: Observer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E18: a day of half a second; the same venue again and again, each connection left politely, nobody else asked."""
    monkeypatch.setattr(Binance, "life_after", 0.5)
    async with running():
        await wait_until(lambda: len(lively.connections) >= 4)
        assert (await observer.price_from("binance")).venue == "binance"
    await wait_until(lambda: not lively.open_connections)
    assert {connection.venue for connection in lively.connections} == {"binance"}
    assert {connection.close_code for connection in lively.connections} == {1000}


async def test_announced_end_is_not_waited_for(
    lively: Exchange, observer: Observer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E17: after the warning there is a new connection to the same venue, and the old one was left by us."""
    monkeypatch.setattr(roster, "NOTICE_AFTER_S", 0.0)
    async with running():
        await observer.price_from("binance")
        lively.faults.set("binance", "notice")
        await wait_until(lambda: len(lively.connections) == 2)
        await observer.venue_in_state("binance", "connected")
    assert [connection.venue for connection in lively.connections] == ["binance", "binance"]
    assert lively.connections[0].close_code == 1000


async def test_warning_at_every_connection_renews_none(lively: Exchange, observer: Observer) -> None:
    """E17: a venue that warns from the start would be asked without end; the first minute is sat out."""
    async with running():
        await observer.price_from("binance")
        for _ in range(5):
            lively.faults.set("binance", "notice")
        before = lively.ledger.last_number
        await wait_until(lambda: lively.ledger.last_number > before + 5)
    assert len(lively.connections) == 1


async def test_ban_is_told_as_blocked_and_kept_by_the_next_worker(lively: Exchange, observer: Observer) -> None:
    """E4 E5: ten minutes, also for a feed that starts anew; the price comes from the next venue."""
    lively.faults.set("binance", "refuse", status=403)
    async with running("one"):
        await observer.price_from("kucoin")
        state = await observer.venue_in_state("binance", "blocked")
        assert "403" in state.reason
        assert state.retry_at is not None
        assert 590 < (state.retry_at - state.since_at).total_seconds() <= 600
    tries = attempts(lively)
    lively.faults.clear()
    async with running("two"):
        await observer.price_from("kucoin")
        assert "403" in (await observer.venue_in_state("binance", "blocked")).reason
    assert attempts(lively) == tries == 1


async def test_venue_that_delivers_is_forgiven(lively: Exchange, observer: Observer, redis_server: str) -> None:
    """E4: its next ban would be a first one."""
    store = LiveStore(redis_server)
    await store.count_ban("binance", 60.0)
    async with running():
        await observer.price_from("binance")
    assert await store.count_ban("binance", 60.0) == 1
    await store.close()


def attempts(exchange: Exchange) -> int:
    return sum(attempt.venue == "binance" for attempt in exchange.attempts)
