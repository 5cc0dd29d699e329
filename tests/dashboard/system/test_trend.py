"""How quickly counts rise."""

from datetime import timedelta

from dashboard.system.trend import LONGEST, SAMPLE_EVERY, Trend
from feeds.tally import ERRORS, RECEIVED, Series, Tally
from tests.dashboard.samples import NOON

OKX, HTX, FAILED = Series(RECEIVED, "okx"), Series(RECEIVED, "htx"), Series(ERRORS)
SECOND = timedelta(seconds=1)


def test_rates_are_of_one_five_and_fifteen_minutes() -> None:
    """F-21: ten a second for ten minutes, then none for a minute."""
    trend = Trend()
    for second in range(0, 601, 5):
        trend = trend.noted({OKX: second * 6, HTX: second * 4}, NOON + second * SECOND)
    flow = trend.flow(RECEIVED)
    assert (flow.total, flow.rate_1m, flow.rate_5m, flow.rate_15m) == (6000, 10.0, 10.0, 10.0)
    for second in range(605, 661, 5):
        trend = trend.noted({OKX: 3600, HTX: 2400}, NOON + second * SECOND)
    flow = trend.flow(RECEIVED)
    assert (flow.total, flow.rate_1m, flow.rate_5m) == (6000, 0.0, 8.0)


def test_the_ring_is_bounded() -> None:
    """B-15: a day of looks keeps a quarter of an hour of samples."""
    trend = Trend()
    for look in range(5000):
        trend = trend.noted({OKX: look}, NOON + look * SECOND)
    assert len(trend.ring) == LONGEST // SAMPLE_EVERY + 1
    assert trend.ring[0][0] >= NOON + 4999 * SECOND - LONGEST - SAMPLE_EVERY


def test_no_rate_is_told_of_a_moment() -> None:
    """Before there is anything to compare with."""
    assert Trend().flow(RECEIVED).rate_1m is None
    assert Trend().noted({OKX: 5}, NOON).flow(RECEIVED).rate_1m is None


def test_a_count_that_fell_rose_by_nothing() -> None:
    """Of a server that lost what it had."""
    trend = Trend().noted({OKX: 100, HTX: 0}, NOON).noted({OKX: 40, HTX: 30}, NOON + 10 * SECOND)
    assert trend.flow(RECEIVED).rate_1m == 3.0


def test_errors_are_known_by_their_last_time() -> None:
    """B-15: what was there before the first look happened nobody knows when."""
    trend = Trend().noted({FAILED: 4}, NOON)
    assert trend.last_error_at is None
    trend = trend.noted({FAILED: 5}, NOON + SECOND).noted({FAILED: 5}, NOON + 2 * SECOND)
    assert trend.last_error_at == NOON + SECOND


def test_percentiles_and_average_are_of_the_last_minute() -> None:
    """B-15, L-13: what was slow before is no more; within a bucket it is spread evenly."""
    tally, trend = Tally(), Trend()
    tally.took("log", 4000.0)
    trend = trend.noted(tally.counts(), NOON)
    for _ in range(90):
        tally.took("log", 8.0)
    for _ in range(10):
        tally.took("log", 80.0)
    times = trend.noted(tally.counts(), NOON + 30 * SECOND).times("log")
    assert (times.count, times.average) == (100, 15.2)
    assert (times.p50, times.p95, times.p99) == (7.778, 75.0, 95.0)
    assert Trend().times("log").p50 is None
