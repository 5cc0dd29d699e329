"""What was seen, second by second, and what that leaves of the error budget."""

from datetime import datetime, timedelta

import pytest

from feeds.market.uptime import BUDGET_S, Minute, Span, Tally, Uptime, burning
from tests.feeds.samples import NOON

FEED = "feed:main"


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def watched(tally: Tally, start: datetime, count: int, is_good: bool = True) -> None:
    """A sample each second."""
    for second in range(count):
        tally.sample({FEED: is_good}, start + seconds(second))


def bad_for(hour: float = 0.0, six_hours: float = 0.0, month: float = 0.0) -> Uptime:
    """A subject that has been seen for 30 days, and was bad for so long in each span."""

    def span(total: float, bad: float) -> Span:
        return Span(total - bad, total, total)

    return Uptime(
        NOON - timedelta(days=30),
        NOON,
        span(3600, hour),
        span(6 * 3600, six_hours),
        span(86400, month),
        span(30 * 86400, month),
    )


def test_seconds_add_up_to_minutes() -> None:
    """V-13: 60 samples from half past are two halves of a minute; bad ones are known, but not good."""
    tally = Tally()
    watched(tally, NOON + seconds(30), 40)
    watched(tally, NOON + seconds(70), 20, is_good=False)
    assert tally.take() == [Minute(FEED, NOON, 30, 30), Minute(FEED, NOON + seconds(60), 30, 10)]
    assert tally.take() == []


def test_every_subject_has_its_own() -> None:
    """V-13 F-26: the feed, its venues, Redis and the database."""
    tally = Tally()
    tally.sample({FEED: True, "redis": False}, NOON)
    assert tally.take() == [Minute(FEED, NOON, 1, 1), Minute("redis", NOON, 1, 0)]


def test_loop_that_drifts_misses_no_second() -> None:
    """V-13: a sample every 1.003 s steps over a second now and then, and 99.99 % would be gone in an hour."""
    tally = Tally()
    for step in range(3600):
        tally.sample({FEED: True}, NOON + seconds(1.003 * step))
    assert sum(minute.good for minute in tally.take()) == 3610


def test_loop_that_was_blocked_does_not_know() -> None:
    """V-13 L-07: what nobody saw for longer than a moment is unknown, and so it was down."""
    tally = Tally()
    tally.sample({FEED: True}, NOON)
    tally.sample({FEED: True}, NOON + seconds(10))
    assert tally.take() == [Minute(FEED, NOON, 2, 2)]


def test_second_is_counted_once() -> None:
    """V-13: neither samples that come too soon nor a clock that is set back make a minute longer than it is."""
    tally = Tally()
    for now in (0.0, 0.4, 0.9, 1.0, 0.2, 1.5):
        tally.sample({FEED: True}, NOON + seconds(now))
    assert tally.take() == [Minute(FEED, NOON, 2, 2)]


def test_what_could_not_be_kept_is_taken_again() -> None:
    """V-13: with what was seen meanwhile."""
    tally = Tally()
    watched(tally, NOON, 10)
    waiting = tally.take()
    watched(tally, NOON + seconds(10), 5)
    tally.give_back(waiting)
    assert tally.take() == [Minute(FEED, NOON, 15, 15)]


def test_objective_leaves_four_minutes_in_thirty_days() -> None:
    """L-07: 99.99 % of 30 days are 259.2 s."""
    assert pytest.approx(259.2) == BUDGET_S
    assert bad_for(month=59.2).budget_left_s == pytest.approx(200.0)
    assert bad_for(month=300.0).budget_left_s == pytest.approx(-40.8)
    assert bad_for(month=259.2).month.share == pytest.approx(0.9999)


def test_unknown_time_counts_as_down() -> None:
    """V-13: a monitor that did not run saw no price; the share of what was known is told as well."""
    span = Span(good=3000, known=3000, total=3600)
    assert (span.share, span.share_of_known) == (3000 / 3600, 1.0)
    assert Span(0, 0, 0).share is None
    assert Span(0, 0, 60).share_of_known is None


@pytest.mark.parametrize(
    ("uptime", "kinds"),
    [
        (bad_for(hour=5.1, six_hours=5.1), []),
        (bad_for(hour=5.2, six_hours=5.2), ["burn-1h"]),
        (bad_for(hour=0.0, six_hours=12.9), []),
        (bad_for(hour=0.0, six_hours=13.0), ["burn-6h"]),
        (bad_for(hour=60.0, six_hours=60.0), ["burn-1h", "burn-6h"]),
    ],
)
def test_budget_that_burns_too_quickly_is_an_alert(uptime: Uptime, kinds: list[str]) -> None:
    """V-13: 14.4 times over an hour are 5.18 s, 6 times over six hours 12.96 s."""
    assert [alert.kind for alert in burning({FEED: uptime})] == kinds


def test_alert_says_what_was_bad() -> None:
    """V-13: in seconds, which a person can imagine."""
    (alert,) = burning({FEED: bad_for(hour=36.0), "redis": bad_for()})
    assert alert == ("burn-1h", FEED, "36 s of the last hour were bad: 100 times what 99.99 % allows")


def test_young_subject_burns_as_an_old_one_does() -> None:
    """V-13: ten bad seconds in its first minute are ten of an hour's budget, not of a minute's."""
    young = bad_for()._replace(hour=Span(50, 60, 60))
    assert young.burn_1h == pytest.approx(10 / 0.36)
