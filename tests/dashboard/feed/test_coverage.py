"""The gap ledger as shares of hours and days."""

from datetime import datetime, timedelta

import pytest

from dashboard.feed.coverage import coverage
from dashboard.feed.messages import Coverage
from dashboard.feed.parts import Covered
from dashboard.feed.past import read_coverage
from feeds.models import Gap, UptimeMinute
from feeds.queries import FeedView, InstrumentView, VenueRow, shown_feed
from feeds.queries.coverage import Missed
from feeds.storage.snapshots import venue_subject
from tests.dashboard.samples import NOON

NOW = NOON + timedelta(minutes=30)
HOUR = timedelta(hours=1)
# Somebody listened to all of the last 30 days.
ALWAYS = {("binance", NOON - HOUR * back): 3600 if back else 1800 for back in range(30 * 24)}
FEED = FeedView(
    name="main",
    title="Main feed",
    instruments=[InstrumentView("BTC-USDT", "BTC", "USDT"), InstrumentView("ETH-USDT", "ETH", "USDT")],
    venues=[VenueRow("binance", "Binance", 1, True)],
)


def gap(
    since: float, until: float | None, status: str = "open", instrument: str = "BTC-USDT", wanted: bool = True
) -> Missed:
    """In minutes after noon."""
    end = None if until is None else NOON + timedelta(minutes=until)
    return Missed("binance", instrument, NOON + timedelta(minutes=since), end, status, wanted)


def told(*gaps: Missed, watched: dict[tuple[str, datetime], int] = ALWAYS) -> Coverage:
    return coverage(FEED, gaps, watched, NOW)


def last_hours(seen: Coverage, count: int) -> list[Covered]:
    return seen.lines[0].hours[-count:]


def test_what_is_missing_is_the_mean_of_the_instruments() -> None:
    """Of the half hour that runs six minutes are missing of one of two; the hour before is whole."""
    seen = told(gap(0, 6))
    assert last_hours(seen, 2) == [Covered(share=1.0), Covered(share=0.9, missing_s=180, open=1)]
    assert (seen.hours[-1], seen.days[-1]) == (NOON, NOON.replace(hour=0))
    assert (len(seen.lines[0].hours), len(seen.lines[0].days)) == (24, 30)


def test_gap_that_goes_on_reaches_over_hours_up_to_now() -> None:
    """What is open is missing until it is filled."""
    seen = told(gap(-6, None), gap(-6, None, instrument="ETH-USDT"))
    earlier, now = last_hours(seen, 2)
    assert (earlier.share, earlier.missing_s, earlier.open) == (0.9, 360, 2)
    assert (now.share, now.missing_s, now.open) == (0.0, 1800, 2)


def test_what_was_repaired_is_covered_and_what_is_lost_is_not() -> None:
    """Both are counted. What two feeds wrote of the same time is missing once."""
    seen = told(gap(0, 3, "repaired"), gap(6, 12, "unrepairable"), gap(9, 12, "unrepairable"))
    assert last_hours(seen, 1) == [Covered(share=0.9, missing_s=180, repaired=1, lost=2)]


def test_time_in_which_nobody_was_to_listen_is_no_gap() -> None:
    """Of a standby that was left out by choice only the rest counts; one that was never heard has no share."""
    unwanted = [gap(0, 15, wanted=False), gap(0, 15, wanted=False, instrument="ETH-USDT")]
    assert last_hours(told(*unwanted, watched={("binance", NOON): 900}), 1) == [Covered(share=1.0)]
    assert told(*unwanted, watched={}).lines[0].hours == [Covered()] * 24


def test_time_in_which_no_worker_ran_is_not_covered() -> None:
    """F-29: of what nobody saw nothing is known; where a gap is known of it, that much is missing."""
    seen = {("binance", NOON): 900}
    assert last_hours(told(watched=seen), 2) == [Covered(), Covered(share=1.0)]
    off = [gap(15, 30), gap(15, 30, instrument="ETH-USDT")]
    assert last_hours(told(*off, watched=seen), 1) == [Covered(share=0.5, missing_s=900, open=2)]


@pytest.mark.django_db
def test_ledger_is_read_in_two_queries(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    """However many gaps there are, and however long ago one began."""
    feed = shown_feed("main")
    assert feed is not None
    UptimeMinute.objects.create(subject=venue_subject("main", "binance"), minute_at=NOON, known=60, good=60)
    for since in (-20, -10, 0):
        Gap.objects.create(
            venue_id="binance",
            instrument_id=feed.instruments[0].code,
            after_id=str(since),
            after_at=NOON + timedelta(minutes=since),
            before_id="9",
            before_at=NOON + timedelta(minutes=since + 6),
            reason="silent",
            noticed_at=NOON,
        )
    with django_assert_num_queries(2):
        seen = read_coverage(feed, NOW)
    line = next(line for line in seen.lines if line.code == "binance")
    assert [cell.open for cell in line.hours[-2:]] == [2, 1]
