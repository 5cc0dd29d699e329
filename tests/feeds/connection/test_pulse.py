"""What a feed looks at once a second: restless prices, wrong clocks, uptime."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
import pytest_asyncio

from feeds.connection.board import Board
from feeds.connection.events import Event, Skewed, Unsettled
from feeds.connection.pulse import Pulse
from feeds.models import UptimeMinute
from feeds.storage.database import DatabaseThread
from feeds.storage.uptime import UptimeRecorder
from tests.clock import ManualClock
from tests.feeds.connection.plans import feed_plan, venue_plan
from tests.feeds.samples import NOON, logged

pytestmark = pytest.mark.django_db(transaction=True)

OKX = replace(venue_plan(), code="okx", name="OKX", priority=9)


class Heart:
    """A pulse with a board that a test fills. Binance leads; `heard` is what the supervisor was told."""

    def __init__(self, database: DatabaseThread, clock: ManualClock) -> None:
        self.board, self.clock = Board("main", 1, clock), clock
        self.board.follow(feed_plan(venue_plan("binance", 1), venue_plan("htx", 5), OKX), NOON)
        self.board.lead("binance", "", NOON)
        self.heard: list[Event] = []
        self._database = database
        self._uptime = UptimeRecorder(database, clock)
        self.pulse = Pulse("main", self.board, self._uptime, self.heard.append, clock)
        self._price, self._chance = 76_000.0, random.Random(11)

    def trade(self, venue: str, price: float = 76_000.0) -> None:
        now = self.clock.now()
        said = logged(1, venue=venue, price=f"{price:.2f}")
        self.board.trade(msgspec.structs.replace(said, traded_at=now, received_at=now))

    def enter(self, venue: str, state: str) -> None:
        self.board.enter(venue, state, "", self.clock.now())

    async def walk(self, seconds: int, step: float, venue: str = "binance") -> None:
        """The venue's price takes a random step a second, of this standard deviation, and each is beaten to."""
        for _ in range(seconds):
            await self.clock.advance(1.0)
            self._price *= 1 + self._chance.gauss(0, step)
            self.trade(venue, self._price)
            self.pulse.beat({})

    def wanted(self) -> list[int]:
        return [event.more_standbys for event in self.heard if isinstance(event, Unsettled)]

    async def uptime(self) -> dict[str, tuple[int, int]]:
        """Seconds known and good of each subject."""
        await self._uptime.finish()
        rows = await self._database.run(lambda: list(UptimeMinute.objects.values_list("subject", "known", "good")))
        return {subject: (known, good) for subject, known, good in rows}


@pytest_asyncio.fixture
async def heart(clock: ManualClock) -> AsyncIterator[Heart]:
    database = DatabaseThread("test")
    yield Heart(database, clock)
    await database.close()


async def test_clocks_of_all_venues_that_tell_one_are_told_together(heart: Heart) -> None:
    """V-14 W10: in seconds, right ones too, so that it can be told whose is wrong."""
    heart.pulse.beat({})
    assert heart.heard == []
    heart.board.venues.hear_time("binance", NOON + timedelta(seconds=6), NOON)
    heart.board.venues.hear_time("htx", NOON - timedelta(milliseconds=20), NOON)
    heart.pulse.beat({})
    assert heart.heard == [Skewed({"binance": 6.0, "htx": -0.02})]


async def test_restless_prices_want_more_standbys_until_they_are_calm(heart: Heart) -> None:
    """V-02 F-24: one at twice the usual, two at four times, none again later; each is told once."""
    await heart.walk(3600, 1e-4)
    assert heart.wanted() == []
    await heart.walk(60, 1e-3)
    assert heart.wanted() in ([1, 2], [2])
    await heart.walk(600, 1e-4)
    told = heart.wanted()
    assert told[-1] == 0
    assert all(earlier != later for earlier, later in zip(told, told[1:], strict=False))


async def test_restless_standby_wants_nothing(heart: Heart) -> None:
    """V-02: the displayed price counts; what no one is shown may be one venue's own trouble."""
    await heart.walk(3600, 1e-4)
    await heart.walk(60, 1e-3, venue="htx")
    assert heart.wanted() == []


@pytest.mark.parametrize(("age", "good"), [(5.0, 1), (5.1, 0)])
async def test_confirmed_price_is_well_for_five_seconds(heart: Heart, age: float, good: int) -> None:
    """V-13: to the tenth of a second; the others are as fresh as can be."""
    heart.trade("binance")
    await heart.clock.advance(age)
    heart.trade("htx")
    heart.trade("okx")
    heart.pulse.beat({})
    assert (await heart.uptime())["feed:main"] == (1, good)


@pytest.mark.parametrize(
    ("others", "good"),
    [({}, 0), ({"htx": 76_100.0}, 1), ({"htx": 77_000.0}, 0), ({"htx": 76_100.0, "okx": 76_050.0}, 1)],
    ids=["single source", "agreed", "disputed", "consensus"],
)
async def test_feed_is_well_when_somebody_else_confirms_its_price(
    heart: Heart, others: dict[str, float], good: int
) -> None:
    """V-13: what the objective of 99.99 % counts."""
    heart.trade("binance", 76_000.0)
    for venue, price in others.items():
        heart.trade(venue, price)
    heart.pulse.beat({})
    assert (await heart.uptime())["feed:main"] == (1, good)


async def test_feed_without_a_venue_is_not_well(heart: Heart) -> None:
    """V-13 E32: before the first price, and when nobody leads any more, though two agreed a moment ago."""
    heart.pulse.beat({})
    heart.trade("binance")
    heart.trade("htx")
    heart.board.lead("", "closed: 1006", heart.clock.now())
    await heart.clock.advance(1.0)
    heart.pulse.beat({})
    assert (await heart.uptime())["feed:main"] == (2, 0)


async def test_venues_that_are_wanted_are_watched_and_the_others_not(heart: Heart) -> None:
    """V-13: a venue that is idle or disabled is neither good nor bad; one that cannot be had is bad."""
    heart.enter("binance", "connected")
    heart.enter("htx", "disconnected")
    heart.trade("binance")
    heart.trade("htx")
    heart.pulse.beat({"redis": True, "database": False})
    assert await heart.uptime() == {
        "feed:main": (1, 1),
        "venue:main:binance": (1, 1),
        "venue:main:htx": (1, 0),
        "redis": (1, 1),
        "database": (1, 0),
    }


@pytest.mark.parametrize(("age", "good"), [(14.9, 1), (15.0, 0)])
async def test_connected_venue_is_well_while_it_is_heard(heart: Heart, age: float, good: int) -> None:
    """V-13: for as long as a venue may be silent at all; one that was never heard is not."""
    heart.enter("binance", "connected")
    heart.enter("htx", "connected")
    heart.trade("binance")
    await heart.clock.advance(age)
    heart.pulse.beat({})
    found = await heart.uptime()
    assert (found["venue:main:binance"], found["venue:main:htx"]) == ((1, good), (1, 0))


async def test_it_beats_once_a_second(heart: Heart) -> None:
    """V-13: every second is a sample, and each asks anew whether what the feed leans on is well."""
    answers = iter([True, True, False])
    beating = asyncio.create_task(heart.pulse.run(lambda: {"redis": next(answers)}))
    await heart.clock.advance(2.0)
    beating.cancel()
    with suppress(asyncio.CancelledError):
        await beating
    assert (await heart.uptime())["redis"] == (3, 2)


async def test_price_that_moves_only_once_in_a_while_is_judged_as_it_is_shown(heart: Heart) -> None:
    """V-02: the many seconds without a trade are what was usual."""
    heart.trade("binance")
    for _ in range(600):
        await heart.clock.advance(1.0)
        heart.pulse.beat({})
    heart.trade("binance", 76_760.0)
    await heart.clock.advance(1.0)
    heart.pulse.beat({})
    assert heart.wanted() == [1]
