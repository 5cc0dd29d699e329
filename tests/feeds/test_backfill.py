"""`manage.py backfill` fetches past trades by hand, and a worker what the admin asks for: from the replay exchange."""

import asyncio
import io
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.dateparse import parse_datetime

from feeds import tasks
from feeds.clock import SystemClock
from feeds.management.commands.backfill import _row
from feeds.management.progress import Lines
from feeds.models import Backfill, Inbox, Trade
from feeds.storage import counts, keys, past
from feeds.tally import ATTEMPTS, REST, TALLY, Series
from feeds.worker import sessions
from tests.clock import ManualClock
from tests.exchange.server import Exchange
from tests.feeds.storage.draining import running_drain
from tests.redis_server import RedisServer
from tests.waiting import wait_in_thread_until

pytestmark = pytest.mark.django_db(transaction=True)
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)


def text(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def tape(exchange: Exchange, *venues: str) -> None:
    """A trade each second for two minutes."""
    for number in range(120):
        exchange.clock = lambda at=START + timedelta(seconds=number): at  # type: ignore[misc]
        for venue in venues:
            exchange.trade(venue, "BTC-USDT", Decimal(76000))
    exchange.clock = lambda: datetime.now(UTC)


async def backfill(*arguments: str) -> str:
    """What the command says; it has a loop of its own, so a thread too."""
    output = io.StringIO()
    await asyncio.to_thread(call_command, "backfill", *arguments, stdout=output)
    return output.getvalue()


def last_id(server: RedisServer) -> str:
    with server.client() as client:
        ((entry, _),) = client.xrevrange("trade_log", count=1)
    return str(entry.decode())


def span(since: float = 30, until: float = 90, instrument: str = "BTC-USDT") -> tuple[str, ...]:
    return ("--instrument", instrument, "--from", text(since), "--to", text(until))


async def test_all_venues_with_a_past_are_asked_and_their_trades_are_stored(
    exchange: Exchange, redis_server: str, shared_redis: RedisServer
) -> None:
    """Issue 9, part 7: through the log into the table, as live ones; asked for twice they are there once."""
    tape(exchange, "binance", "gateio", "kraken", "okx")
    said = await backfill(*span())
    assert all(f"{venue}: done, 60 trades" in said for venue in ("binance", "gateio", "kraken", "okx"))
    assert "bybit: left out. Bybit offers no past trades: it gives the last 60 trades" in said
    assert "No worker runs" in said
    assert "binance: done, 60 trades" in await backfill(*span(), "--venue", "binance")
    with running_drain(shared_redis):
        await asyncio.to_thread(wait_in_thread_until, Inbox.objects.filter(drained_id=last_id(shared_redis)).exists)
        assert await asyncio.to_thread(Trade.objects.count) == 240
    first = await asyncio.to_thread(Trade.objects.filter(venue="binance").earliest, "traded_at")
    assert first.traded_at == parse_datetime(text(30))


async def test_same_command_goes_on_where_it_failed(exchange: Exchange, redis_server: str) -> None:
    """Issue 9, part 7: the row of the wish is found again, with its place; one that is done is made anew."""
    tape(exchange, "gateio")
    since, until = (parse_datetime(text(seconds)) for seconds in (30, 90))
    assert since is not None
    assert until is not None
    row = await asyncio.to_thread(
        Backfill.objects.create,
        venue_id="gateio",
        instrument_id="BTC-USDT",
        from_at=since,
        to_at=until,
        is_in_worker=False,
        state=Backfill.State.FAILED,
        place_id="1070",
        place_at=START + timedelta(seconds=70),
        stored=20,
        asked_at=START,
    )
    assert "gateio: done, 60 trades" in await backfill(*span(), "--venue", "gateio")
    await asyncio.to_thread(row.refresh_from_db)
    assert (row.state, row.stored) == ("done", 60)
    await backfill(*span(), "--venue", "gateio")
    assert await asyncio.to_thread(Backfill.objects.count) == 2


@pytest.mark.parametrize(
    ("state", "after"), [("running", "running"), ("waiting", "waiting"), ("failed", "waiting"), ("stopped", "waiting")]
)
def test_row_of_somebody_who_runs_is_left_alone(state: str, after: str) -> None:
    """W1: the same command a second time waits for the lease; the row is its holder's."""
    times = {"from_at": START, "to_at": START + timedelta(seconds=60)}
    row = Backfill.objects.create(
        venue_id="gateio", instrument_id="BTC-USDT", **times, is_in_worker=False, state=state, asked_at=START
    )
    find = past.unfinished

    def found_late(*asked: Any) -> Backfill | None:
        found = find(*asked)
        Backfill.objects.update(stored=7, place_id="1007")
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(past, "unfinished", found_late)
        again = _row("gateio", "BTC-USDT", *times.values())
    assert again == row
    row.refresh_from_db()
    assert (row.state, row.stored, row.place_id) == (after, 7, "1007")


async def test_calls_of_the_command_are_counted(
    exchange: Exchange, redis_server: str, shared_redis: RedisServer
) -> None:
    """F-21: in Redis, where those of all processes are."""
    tape(exchange, "gateio")
    await backfill(*span(), "--venue", "gateio")
    with shared_redis.client() as client:
        told = counts.decode(client.hgetall(keys.counts_of(TALLY.origin)))
    assert told[Series(ATTEMPTS, REST)] >= 1


async def test_what_a_venue_has_no_more_ends_with_3(exchange: Exchange, redis_server: str) -> None:
    """Issue 9, part 7: programs see it by the code, people by the sentence."""
    tape(exchange, "okx")
    with pytest.raises(CommandError, match="as far as the venues have it") as caught:
        await backfill(*span(-60, 30), "--venue", "okx")
    assert caught.value.returncode == 3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (span(instrument="DOGE-USDT"), r"There is no instrument 'DOGE-USDT'. There are: BTC-USDT"),
        ((*span(), "--venue", "nowhere"), "There is no venue 'nowhere'. There are: binance, bybit"),
        ((*span(), "--venue", "bybit"), "Bybit offers no past trades: it gives the last 60 trades"),
        ((*span(90, 30), "--venue", "binance"), "The beginning has to be before the end"),
        (span(90, 30), "^The beginning has to be before the end.$"),
        (span(-100 * 86_400, 0), "^No venue could be asked.$"),
        ((*span(0, 10_000), "--venue", "binance"), "The end is in the future"),
        ((*span(-91 * 86_400, 0), "--venue", "okx"), "OKX gives .* up to 90 days back: begin after"),
        (
            (*span(-40 * 86_400, 0), "--venue", "binance"),
            "Trades are kept for 29.5 days",
        ),
        (("--instrument", "BTC-USDT", "--from", "yesterday", "--to", "today"), "--from is no time with its zone"),
    ],
)
async def test_mistakes_are_one_sentence(
    redis_server: str, exchange: Exchange, arguments: tuple[str, ...], sentence: str
) -> None:
    """Issue 9, part 7: each says what would be right, and nothing is begun."""
    with pytest.raises(CommandError, match=sentence) as caught:
        await backfill(*arguments)
    assert caught.value.returncode == 1
    assert await asyncio.to_thread(Backfill.objects.count) == 0


async def test_in_a_pipe_it_says_how_far_it_is(clock: ManualClock) -> None:
    """Issue 9, part 7: one plain line for each wait, and one every five seconds."""
    told: list[str] = []
    row = Backfill(venue_id="okx", instrument_id="BTC-USDT", from_at=START, to_at=START + timedelta(seconds=100))
    row.place_at, row.stored = START + timedelta(seconds=25), 7
    lines = Lines(row, told.append, clock)
    for text in ("waiting", "waiting", "", "waiting"):
        lines.say(text)
    for _ in range(11):
        lines.show(row)
        await clock.advance(1.0)
    share = f"{row.progress:.0%}"
    assert told == ["okx BTC-USDT: waiting"] * 2 + [f"okx BTC-USDT: {share}, 7 trades"] * 2


async def test_worker_fetches_what_a_row_asks_for(
    exchange: Exchange, redis_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 9, part 7: the task carries the name of a lease alone; the row is found behind it."""
    tape(exchange, "binance")
    monkeypatch.setattr(sessions, "stopping", threading.Event())
    made = {"venue_id": "binance", "instrument_id": "BTC-USDT", "asked_at": START}
    times = {"from_at": parse_datetime(text(10)), "to_at": parse_datetime(text(20))}
    await asyncio.to_thread(Backfill.objects.create, **made, **times)
    assert await asyncio.to_thread(sessions.unheld) == ["backfill:binance", "drain:primary", "feed:main"]
    await asyncio.to_thread(tasks.hold, "backfill:binance")
    await asyncio.to_thread(wait_in_thread_until, lambda: Backfill.objects.get().state == Backfill.State.DONE)
    assert await asyncio.to_thread(past.wanted) == []
    assert await asyncio.to_thread(sessions.late) == []
    assert SystemClock().now() > START
