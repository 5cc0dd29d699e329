"""Past trades that a person asked for: fetched by time, page by page, politely, and resumed where they stopped."""

import asyncio
import logging
import threading
from datetime import datetime
from typing import Any

import pytest
from pytest_django import Settings
from trustme import CA

from feeds.clock import SystemClock
from feeds.connection.past import TRIES, Tell, run_backfill
from feeds.market.gap import Mark
from feeds.models import Backfill, Instrument
from feeds.storage import keys, past
from feeds.storage.database import DatabaseThread
from feeds.storage.live import LiveStore
from tests.clock import QuickClock
from tests.exchange.server import Exchange
from tests.faults import certificate
from tests.faults.peer import peer
from tests.faults.scripts import never_answer
from tests.feeds.connection.backfills import PAST, fetched, run, tape, wish
from tests.redis_server import RedisServer

pytestmark = pytest.mark.django_db(transaction=True)
STRANGER = certificate.context(certificate.of_an_unknown_authority(CA()))


async def run_quickly(row: Backfill, tell: Tell) -> None:
    """Thirty seconds of ours in each of the world's."""
    async with asyncio.timeout(20):
        assert await run_backfill(row.venue_id, "test", threading.Event(), QuickClock(30.0), row.pk, tell)


@pytest.mark.parametrize("venue", PAST)
async def test_trades_of_a_span_are_fetched_and_no_others(
    exchange: Exchange, store: LiveStore, database: DatabaseThread, venue: str
) -> None:
    """Issue 9, part 7: from the first moment on, up to the last one, which is left out; by id or by time."""
    trades = tape(exchange, venue, 250)
    row = await database.run(wish, venue, 60, 190)
    assert await run(venue)
    await database.run(row.refresh_from_db)
    assert sorted(map(int, await fetched(store))) == [trade.trade_id for trade in trades[60:190]]
    assert (row.state, row.stored, row.note, row.progress) == ("done", 130, "", 1.0)
    assert await database.run(past.wanted) == []


@pytest.mark.parametrize("venue", ["binance", "gateio"])
async def test_many_pages_are_fetched_and_stopped_between_two_of_them(
    exchange: Exchange, store: LiveStore, database: DatabaseThread, venue: str
) -> None:
    """Issue 9, part 7: what was stopped by hand stays, and goes on from its place when it is asked for again."""
    trades = tape(exchange, venue, 3200)
    row = await database.run(wish, venue, 100, 3000)
    advance, told = past.advance, []

    def stop_after_one(number: int, place: Mark, kept: list[Any], stored: int, now: datetime) -> bool:
        told.append(len(kept))
        is_going_on = advance(number, place, kept, stored, now)
        Backfill.objects.update(state=Backfill.State.STOPPED)
        return is_going_on

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(past, "advance", stop_after_one)
        assert await run(venue)
    stopped_with = len(await fetched(store))
    await database.run(row.refresh_from_db)
    assert row.state == "stopped"
    assert 0 < row.progress < 1
    await database.run(lambda: Backfill.objects.update(state=Backfill.State.WAITING))
    assert await run(venue)
    found = await fetched(store)
    assert sorted(map(int, set(found))) == [trade.trade_id for trade in trades[100:3000]]
    # The page after the one that was stopped was on its way.
    assert len(found) - len(set(found)) <= stopped_with - told[0]


async def test_wish_for_what_is_not_listed_any_more_fails_and_the_next_one_is_done(
    exchange: Exchange, store: LiveStore, database: DatabaseThread
) -> None:
    """E33: it would be the oldest one for ever."""
    tape(exchange, "binance", 20)
    row = await database.run(wish, "binance", 0, 5)
    await database.run(lambda: Instrument.objects.get_or_create(code="XYZ-USDT", base="XYZ", quote="USDT"))
    await database.run(lambda: Backfill.objects.update(instrument="XYZ-USDT"))
    following = await database.run(wish, "binance", 5, 10)
    assert await run("binance")
    for each in (row, following):
        await database.run(each.refresh_from_db)
    assert (row.state, row.note, following.state) == ("failed", past.NOT_LISTED, "done")


async def test_wish_that_breaks_the_work_is_failed(
    exchange: Exchange, store: LiveStore, database: DatabaseThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E33: whatever it is, it is said, and the row is not the next one again."""
    row = await database.run(wish, "binance", 0, 5)
    monkeypatch.setattr("feeds.connection.past.REGISTRY", {})
    with pytest.raises(KeyError):
        await run("binance")
    await database.run(row.refresh_from_db)
    assert (row.state, row.note) == ("failed", "KeyError: 'binance'")
    assert await database.run(past.wanted) == []


async def test_what_the_venue_has_no_more_is_said(
    exchange: Exchange, store: LiveStore, database: DatabaseThread
) -> None:
    """E33: OKX goes back as far as it has trades; the gap before that stays one, and says why."""
    trades = tape(exchange, "okx", 50)
    row = await database.run(wish, "okx", -600, 20)
    assert await run("okx")
    await database.run(row.refresh_from_db)
    assert (row.state, row.stored) == ("partial", 20)
    assert row.note == "OKX gives every trade, found by id, 100 in a call, up to 90 days back"
    assert len(await fetched(store)) == len(trades[:20])


async def test_limit_is_waited_out_and_said(exchange: Exchange, store: LiveStore, database: DatabaseThread) -> None:
    """E5: a venue that wants to be left alone is, for as long as it says; all comes after that."""
    tape(exchange, "gateio", 100)
    row = await database.run(wish, "gateio", 0, 50)
    exchange.faults.set("gateio", "refuse_rest", status=429, retry_after=1, seconds=0.5)
    told: list[str] = []
    assert await run_backfill("gateio", "test", threading.Event(), SystemClock(), row.pk, told.append)
    await database.run(row.refresh_from_db)
    assert (row.state, row.stored) == ("done", 50)
    assert "goes on in" in told[0]
    assert told[-1] == ""


async def test_venue_that_cannot_be_reached_is_given_up_after_some_tries(
    database: DatabaseThread, redis_server: str
) -> None:
    """E1: with the reason; asked for again it goes on."""
    row = await database.run(wish, "gateio", 0, 60)
    told: list[str] = []
    assert await run_backfill("gateio", "test", threading.Event(), QuickClock(30.0), row.pk, told.append)
    await database.run(row.refresh_from_db)
    assert (row.state, len([text for text in told if text])) == ("failed", TRIES - 1)
    assert row.note.startswith("ConnectError")


@pytest.mark.parametrize("status", [403, 451])
async def test_venue_that_bans_us_is_given_up_after_some_tries(
    exchange: Exchange, redis_server: str, shared_redis: RedisServer, database: DatabaseThread, status: int
) -> None:
    """E5: it is left alone each time; a ban that stays holds up no other wish of the venue."""
    row = await database.run(wish, "gateio", 0, 60)
    exchange.faults.set("gateio", "refuse_rest", status=status, retry_after=1)
    told: list[str] = []

    def tell(text: str) -> None:
        told.append(text)
        # Its clock is the world's; ours keeps the time as well.
        with shared_redis.client() as client:
            client.delete(keys.cool_off("gateio"))

    await run_quickly(row, tell)
    await database.run(row.refresh_from_db)
    assert (row.state, len([text for text in told if text])) == ("failed", TRIES - 1)
    assert f"HTTP {status}" in row.note
    assert await database.run(past.wanted) == []


async def test_venue_whose_certificate_is_refused_is_given_up_after_some_tries(
    redis_server: str, database: DatabaseThread, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E3: nothing is said inside, and no other wish of the venue is held up."""
    monkeypatch.setenv("no_proxy", "*")
    row = await database.run(wish, "gateio", 0, 60)
    async with peer(never_answer, STRANGER) as there:
        settings.REPLAY_EXCHANGE_URL = f"https://{there.host}"
        await run_quickly(row, lambda _: None)
        assert there.visits == []
    await database.run(row.refresh_from_db)
    assert row.state == "failed"
    assert row.note.startswith("the venue's certificate is refused")


async def test_limits_are_waited_out_however_many(
    exchange: Exchange, store: LiveStore, shared_redis: RedisServer, database: DatabaseThread
) -> None:
    """E5: more of them than failures are forgiven."""
    tape(exchange, "gateio", 100)
    row = await database.run(wish, "gateio", 0, 50)
    exchange.faults.set("gateio", "refuse_rest", status=429, retry_after=1)
    waits: list[str] = []

    def tell(text: str) -> None:
        waits.extend([text] if text else [])
        with shared_redis.client() as client:
            client.delete(keys.cool_off("gateio"))
        if len(waits) > TRIES:
            exchange.faults.clear("gateio")

    await run_quickly(row, tell)
    await database.run(row.refresh_from_db)
    assert (row.state, row.stored, len(waits)) == ("done", 50, TRIES + 1)


async def test_worker_logs_why_it_waits_and_not_that_it_goes_on(
    database: DatabaseThread, redis_server: str, caplog: pytest.LogCaptureFixture
) -> None:
    """B-16: nobody watches it; an event without a word says nothing."""
    caplog.set_level(logging.INFO, "feeds.connection.past")
    await database.run(wish, "gateio", 0, 60)
    assert await run_backfill("gateio", "test", threading.Event(), QuickClock(30.0))
    said = [record.getMessage() for record in caplog.records if record.name == "feeds.connection.past"]
    assert len(said) == TRIES - 1
    assert all(text.startswith("a backfill waits: ConnectError") for text in said)


async def test_one_at_a_time_for_each_venue(exchange: Exchange, store: LiveStore, database: DatabaseThread) -> None:
    """W1: behind a lease; whoever waits finds the oldest wish first."""
    tape(exchange, "binance", 20)
    rows = [await database.run(wish, "binance", first, first + 5) for first in (0, 5)]
    assert await database.run(past.wanted) == ["binance"]
    assert await database.run(past.next_of, "binance") == rows[0].pk
    assert await run("binance")
    assert len(await fetched(store)) == 10
