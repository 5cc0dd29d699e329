"""What an instrument did lately, out of a real log and a real database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from math import exp

import msgspec
import pytest
from channels.db import database_sync_to_async

from dashboard.audience import Interest
from dashboard.delivery import Delivery
from dashboard.feed.lately import DayRange, Flow, FlowBucket, Moves
from dashboard.feed.source import FeedSource
from dashboard.protocol.message import Message
from dashboard.protocol.topics import Topic
from feeds.queries import bars
from feeds.storage.latest import LoggedTrade
from feeds.storage.live import LiveStore
from feeds.types import Side
from tests.clock import ManualClock
from tests.dashboard.conftest import Writer
from tests.dashboard.samples import price_state, trade
from tests.feeds import stored
from tests.redis_server import RedisServer
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
HISTORY_S = 1200
STEP = 0.0001


def swing(number: int, start_at: datetime, venue: str = "binance", level: float = 64000.0) -> LoggedTrade:
    """One a second: up and down by a hundredth of a percent, bought when up and sold when down."""
    price = f"{level * exp(STEP * (number % 2)):.2f}"
    at = start_at + timedelta(seconds=number, milliseconds=100)
    made = trade(number, price, at, venue, "2" if number % 2 else "1")
    return msgspec.structs.replace(made, side=Side.BUY if number % 2 else Side.SELL)


def history(start_at: datetime, venue: str = "binance", level: float = 64000.0) -> list[LoggedTrade]:
    return [swing(number, start_at, venue, level) for number in range(HISTORY_S)]


def held(told: LoggedTrade) -> LoggedTrade:
    return msgspec.structs.replace(told, trade_id="held", quarantine="jump", size=Decimal(1000))


class Screen:
    """What a client knows of a source that it listens to."""

    def __init__(self, clock: ManualClock, *wanted: Interest) -> None:
        self._clock = clock
        self.source = FeedSource(clock, "main", list, Delivery(clock), lambda: frozenset(wanted))
        self.known: dict[str, Message] = {}

    async def look(self) -> None:
        told = await self.source.changes()
        kinds = (Moves, Flow, FlowBucket)
        self.known |= {each.key: each for each in told if isinstance(each, kinds)}

    async def look_until_told(self) -> None:
        """The database is read beside the loop: first the trades, and the day."""

        async def second() -> bool | None:
            await self._clock.advance(1.0)
            await self.look()
            return (bool(self.known) and self.moves.day is not None) or None

        await wait_for(second)

    @property
    def moves(self) -> Moves:
        return next(each for each in self.known.values() if isinstance(each, Moves))

    @property
    def flow(self) -> Flow:
        return next(each for each in self.known.values() if isinstance(each, Flow))

    def buckets(self, width: int) -> list[FlowBucket]:
        found = [each for each in self.known.values() if isinstance(each, FlowBucket) and each.width == width]
        return sorted(found, key=lambda bucket: bucket.start_at)


@asynccontextmanager
async def screen_of(clock: ManualClock, *wanted: Interest) -> AsyncIterator[Screen]:
    screen = Screen(clock, *(wanted or (Interest(Topic.PRICE, "BTC-USDT"),)))
    try:
        yield screen
    finally:
        await screen.source.close()


@database_sync_to_async
def remember(trades: list[LoggedTrade], now: datetime) -> None:
    """Puts them into the database, with their bars."""
    stored.store(*trades)
    # Each turn makes some of them.
    for _ in range(5):
        stored.make_bars(now)


async def test_the_last_hour_comes_from_the_database_and_no_trade_counts_twice(
    writer: Writer, clock: ManualClock
) -> None:
    """F-28 V-03: two venues, a trade a second each for 20 minutes; the last minute is in the log too."""
    begun = clock.now() - timedelta(seconds=HISTORY_S)
    binance, okx = history(begun), history(begun, "okx", 67200.0)
    await remember([*binance, *okx], clock.now())
    await writer.log(*sorted([*binance[-60:], *okx[-60:]], key=lambda each: each.received_at), held(binance[-1]))
    await writer.show(price_state(binance[-1], clock.now()))
    async with screen_of(clock) as screen:
        await screen.look_until_told()
        assert (screen.flow.since_at, Decimal(screen.flow.volume)) == (begun, Decimal(3600))
        assert {venue: Decimal(each) for venue, each in screen.flow.venues.items()} == {"binance": 1800, "okx": 1800}
        minutes = [each for each in screen.buckets(60) if each.trades]
        assert {(each.trades, Decimal(each.buy), Decimal(each.sell)) for each in minutes} == {
            (120, Decimal(120), Decimal(60))
        }
        assert (len(minutes), Decimal(minutes[-1].cvd)) == (20, Decimal(1200))
        # Both widths end at the same sum.
        assert Decimal(screen.buckets(1)[-1].cvd) == 1200


async def log_at(server: RedisServer, *trades: LoggedTrade) -> None:
    store = LiveStore(server.url)
    try:
        await Writer(store).log(*trades)
    finally:
        await store.close()


@pytest.mark.parametrize("has_lost_its_log", [False, True], ids=["back at the primary", "at the failover once more"])
async def test_after_a_switch_of_redis_a_source_opened_later_tells_every_minute_as_it_is_stored(
    redis_pair: tuple[RedisServer, RedisServer], clock: ManualClock, has_lost_its_log: bool
) -> None:
    """V-03 V-12: the idle server's log ends minutes ago, of the other one only the end is there; what lies between is
    stored.
    """
    primary, failover = redis_pair
    begun = clock.now() - timedelta(seconds=HISTORY_S)
    told = history(begun)
    await remember(told, clock.now())
    await log_at(failover, *told[600:780])
    await log_at(failover if has_lost_its_log else primary, *told[-90:])
    store = LiveStore(primary.url, failover.url)
    await Writer(store).show(price_state(told[-1], clock.now()))
    async with screen_of(clock) as screen:
        await screen.look_until_told()
        stored_bars = await database_sync_to_async(bars)(
            "BTC-USDT", timedelta(minutes=1), begun, clock.now(), ["binance"]
        )
        expected = {bar.start_at: (bar.trades, bar.volume) for bar in stored_bars if bar.trades}
        shown = {each.start_at: each for each in screen.buckets(60) if each.start_at < told[-1].traded_at}
        assert len(expected) == 20
        assert {at: (each.trades, Decimal(each.buy) + Decimal(each.sell)) for at, each in shown.items()} == expected
        assert Decimal(screen.flow.volume) == sum(each.size for each in told)
        assert [(each.level, each.doubt) for each in screen.moves.horizons] == [("none", "")] * 3
    await store.close()


async def test_a_failover_is_no_move_and_every_process_tells_the_same(writer: Writer, clock: ManualClock) -> None:
    """V-12 F-27: OKX is five percent dearer; its own swings are as usual as those of Binance."""
    begun = clock.now() - timedelta(seconds=HISTORY_S)
    binance, okx = history(begun), history(begun, "okx", 67200.0)
    await remember([*binance, *okx], clock.now())
    await writer.log(binance[-1], okx[-1])
    await writer.show(price_state(binance[-1], clock.now()))
    async with screen_of(clock) as one, screen_of(clock) as other:
        await one.look_until_told()
        assert one.moves.day == DayRange(since_at=begun, low="64000.00", high="64006.40", place=100, change=0.01)
        assert [(each.level, each.doubt) for each in one.moves.horizons] == [("none", "")] * 3
        await writer.show(price_state(okx[-1], clock.now(), 2))
        await other.look_until_told()
        await one.look()
        assert one.moves.venue == "okx"
        assert one.moves.day is None
        await one.look_until_told()
        await other.look()
        assert [(each.level, each.doubt) for each in one.moves.horizons] == [("none", "")] * 3
        assert one.moves == other.moves
        assert other.known == {key: one.known[key] for key in other.known}

        crash = trade(9999, "66528.00", clock.now(), "okx")
        await writer.log(crash)
        await writer.show(price_state(crash, clock.now(), 3))
        await clock.advance(2.0)
        await one.look()
        minute, *_ = one.moves.horizons
        assert minute.level == "extreme"
        assert minute.change == pytest.approx(-1.0, abs=0.02)
        assert minute.z == pytest.approx(-10.1, abs=0.5)


async def test_a_market_that_is_new_says_how_long_it_takes_until_a_move_can_be_told(
    writer: Writer, clock: ManualClock
) -> None:
    """V-12: nothing is made up; the flow says when it begins."""
    first = trade(1, "64000.00", clock.now())
    await writer.log(first)
    await writer.show(price_state(first, clock.now()))
    await remember([first], clock.now())
    async with screen_of(clock) as screen:
        await screen.look_until_told()
        heard_s = (clock.now() - first.traded_at).seconds - 1
        waits = [("short", needed_s - heard_s) for needed_s in (120, 300, 900)]
        assert [(each.doubt, each.wait_s) for each in screen.moves.horizons] == waits
        assert screen.flow.since_at == first.traded_at


async def test_what_is_not_looked_at_is_not_computed(writer: Writer, clock: ManualClock) -> None:
    """F-28: every page listens to venues and health of its feeds, and few show all of their instruments."""
    first = trade(1, "64000.00", clock.now())
    await writer.log(first)
    await writer.show(price_state(first, clock.now()))
    await remember([first], clock.now())
    of_page = [Interest(Topic.VENUES), Interest(Topic.HEALTH), Interest(Topic.TRADES, "BTC-USDT")]
    async with screen_of(clock) as shown, screen_of(clock, *of_page) as other:
        await other.look()
        await shown.look_until_told()
        for _ in range(3):
            await clock.advance(1.0)
            await other.look()
        assert other.known == {}
