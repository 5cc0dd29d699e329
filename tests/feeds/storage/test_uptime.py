"""Minutes of uptime, in a real database."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from timeit import repeat

import pytest
import pytest_asyncio

from feeds.market.uptime import Minute
from feeds.models import UptimeMinute
from feeds.storage.database import DatabaseThread
from feeds.storage.uptime import WRITE_EVERY_S, UptimeRecorder, add, uptime
from tests.clock import ManualClock
from tests.feeds.samples import NOON
from tests.feeds.sqlite_lock import be_impatient, locks_sqlite, write_lock
from tests.waiting import wait_for, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

FEED = "feed:main"
MINUTE = timedelta(minutes=1)
# NOON's minute is written by then.
READ_AT = NOON + timedelta(seconds=25)


@pytest_asyncio.fixture
async def database() -> AsyncIterator[DatabaseThread]:
    database = DatabaseThread("test")
    yield database
    await database.close()


@pytest.fixture
def recorder(database: DatabaseThread, clock: ManualClock) -> UptimeRecorder:
    return UptimeRecorder(database, clock)


def sample(recorder: UptimeRecorder, start: int, count: int, is_good: bool = True) -> None:
    for second in range(start, start + count):
        recorder.sample({FEED: is_good}, NOON + timedelta(seconds=second))


def rows() -> list[tuple[str, datetime, int, int]]:
    found = UptimeMinute.objects.order_by("subject", "minute_at")
    return list(found.values_list("subject", "minute_at", "known", "good"))


def fill(subject: str, minutes: int, known: int = 60, good: int = 60, until_at: datetime = NOON) -> None:
    """So many minutes before a time, the newest last."""
    UptimeMinute.objects.bulk_create(
        UptimeMinute(subject=subject, minute_at=until_at - number * MINUTE, known=known, good=good)
        for number in range(minutes, 0, -1)
    )


async def test_minute_is_written_in_parts(
    recorder: UptimeRecorder, database: DatabaseThread, clock: ManualClock
) -> None:
    """V-13: every ten seconds, so that a worker that dies takes no more with it."""
    running = asyncio.create_task(recorder.run())
    for part in range(1, 3):
        sample(recorder, (part - 1) * 10, 10)
        await wait_until(lambda: clock.sleepers)
        await clock.advance(WRITE_EVERY_S)

        async def is_written(known: int = 10 * part) -> bool:
            return await database.run(rows) == [(FEED, NOON, known, known)]

        assert await wait_for(is_written)
    running.cancel()


async def test_worker_that_takes_over_adds_to_the_minute(database: DatabaseThread, clock: ManualClock) -> None:
    """V-13: the five seconds between the two are unknown, and nothing else is."""
    first, second = UptimeRecorder(database, clock), UptimeRecorder(database, clock)
    sample(first, 0, 20)
    await first.finish()
    sample(second, 25, 30)
    sample(second, 55, 5, is_good=False)
    await second.finish()
    assert await database.run(rows) == [(FEED, NOON, 55, 50)]


@pytest.mark.parametrize(("first", "second", "kept"), [((60, 60), (60, 50), (60, 50)), ((60, 0), (60, 30), (60, 0))])
def test_minute_that_two_saw_has_sixty_seconds(
    first: tuple[int, int], second: tuple[int, int], kept: tuple[int, int]
) -> None:
    """V-13: several feeds watch one Redis; what either saw as bad is bad."""
    add([Minute("redis", NOON, *first)])
    add([Minute("redis", NOON, *second)])
    assert rows() == [("redis", NOON, *kept)]


@locks_sqlite
async def test_locked_database_delays_a_minute_and_loses_none(
    recorder: UptimeRecorder, database: DatabaseThread
) -> None:
    """V-13: a database that is down for a while is no reason to forget how the feed did meanwhile."""
    await database.run(be_impatient)
    sample(recorder, 0, 10)
    with write_lock():
        assert not await recorder.finish()
    sample(recorder, 10, 10)
    assert await recorder.finish()
    assert await database.run(rows) == [(FEED, NOON, 20, 20)]


def test_spans_end_with_the_last_minute_that_is_written() -> None:
    """V-13 F-26: an hour, six, a day and 30 days; what is on its way yet is held against nobody."""
    fill(FEED, minutes=31 * 24 * 60)
    told = uptime([FEED], NOON + timedelta(seconds=79))[FEED]
    assert (told.until_at, told.since_at) == (NOON, NOON - timedelta(days=30))
    assert [span.total for span in told[2:]] == [3600, 21600, 86400, 2592000]
    assert [span.share for span in told[2:]] == [1.0] * 4
    assert uptime([FEED], NOON + timedelta(seconds=80))[FEED].hour.share == 3540 / 3600


def test_hole_counts_as_down() -> None:
    """V-13 L-07: a monitor that was off for two minutes of this hour has spent 120 of its 259.2 s."""
    fill(FEED, minutes=3 * 60, until_at=NOON - 30 * MINUTE)
    fill(FEED, minutes=28)
    told = uptime([FEED], READ_AT)[FEED]
    assert told.hour == (3480, 3480, 3600)
    assert told.budget_left_s == pytest.approx(139.2)


def test_young_subject_counts_from_its_first_second() -> None:
    """V-13: since 11:49:35, and not since 30 days ago, when nobody had installed it."""
    fill(FEED, minutes=10)
    add([Minute(FEED, NOON - 11 * MINUTE, 25, 25)])
    told = uptime([FEED], READ_AT)[FEED]
    assert told.since_at == NOON - timedelta(seconds=625)
    assert told.month == (625, 625, 625)
    assert told.budget_left_s == pytest.approx(259.2)


def test_subject_that_was_last_seen_long_ago_is_down() -> None:
    """V-13: a feed whose worker died yesterday has no good hour."""
    fill(FEED, minutes=60, until_at=NOON - timedelta(days=1))
    told = uptime([FEED, "nobody"], READ_AT)
    assert told.keys() == {FEED}
    assert (told[FEED].hour.share, told[FEED].day.good, told[FEED].month.good) == (0.0, 0, 3600)


def test_bad_seconds_are_not_good_ones() -> None:
    """F-26: six bad seconds of an hour burn the budget 16 times too quickly."""
    fill(FEED, minutes=6 * 60)
    UptimeMinute.objects.filter(minute_at=NOON - MINUTE).update(good=54)
    told = uptime([FEED], READ_AT)[FEED]
    assert told.burn_1h == pytest.approx(16.67, abs=0.01)
    assert told.burn_6h == pytest.approx(2.78, abs=0.01)


def test_thirty_days_are_summed_in_no_time() -> None:
    """F-26: 43 200 rows of a subject in a tenth of a second (25 ms here)."""
    fill(FEED, minutes=30 * 24 * 60)
    assert uptime([FEED], READ_AT)[FEED].month.good == 30 * 86400
    assert min(repeat(lambda: uptime([FEED], READ_AT), number=1, repeat=5)) < 0.1
