"""How long each hop took in the last minute."""

import random
from statistics import quantiles
from timeit import repeat

import pytest

from feeds.market.latency import ACCEPT, COARSEST_MS, LOG, VENUE, Latency


def test_percentiles_are_those_of_what_came() -> None:
    """F-31 V-16: within 5 % of what sorting everything would say."""
    latency, chance = Latency(), random.Random(3)
    times = [chance.lognormvariate(3, 1) for _ in range(10_000)]
    for place, ms in enumerate(times):
        latency.note(LOG, "binance", ms, now=place / 200)
    told = latency.delays("binance", now=50.0)[LOG]
    cuts = quantiles(times, n=100)
    assert told == pytest.approx((cuts[49], cuts[94], cuts[98]), rel=0.06)


@pytest.mark.parametrize("ms", [0.012, 0.5, 1.0, 40.0, 250.0, 59_000.0])
def test_one_that_is_alone_is_told_to_five_percent(ms: float) -> None:
    """V-16: from a hundredth of a millisecond to a minute."""
    latency = Latency()
    latency.note(ACCEPT, "htx", ms, now=0.0)
    assert latency.delays("htx", now=0.0)[ACCEPT] == pytest.approx((ms, ms, ms), rel=0.06)


def test_hops_and_venues_are_apart() -> None:
    """F-31: one venue's slow line is not another one's."""
    latency = Latency()
    latency.note(VENUE, "binance", 10.0, now=0.0)
    latency.note(LOG, "binance", 50.0, now=0.0)
    latency.note(VENUE, "htx", 900.0, now=0.0)
    assert latency.delays("binance", now=1.0).keys() == {VENUE, LOG}
    assert latency.delays("htx", now=1.0)[VENUE].p50 == pytest.approx(900, rel=0.06)
    assert latency.delays("kraken", now=1.0) == {}


def test_minute_is_what_counts() -> None:
    """V-16: what was slow is forgotten within a minute, and a venue that is quiet has no latency."""
    latency = Latency()
    latency.note(LOG, "binance", 5000.0, now=0.0)
    latency.note(LOG, "binance", 1.0, now=45.0)
    assert latency.delays("binance", now=49.0)[LOG].p99 > 4000
    assert latency.delays("binance", now=60.0)[LOG].p99 < 1.1
    assert latency.delays("binance", now=110.0) == {}


def test_less_than_nothing_counts_as_nothing_and_an_age_as_a_minute() -> None:
    """V-16: a clock that is off makes no venue fast, and costs no memory."""
    latency = Latency()
    latency.note(VENUE, "okx", -3_600_000.0, now=0.0)
    assert latency.delays("okx", now=0.0)[VENUE].p99 == 0.0
    latency.note(VENUE, "okx", 1e12, now=0.0)
    assert latency.delays("okx", now=0.0)[VENUE].p99 == pytest.approx(COARSEST_MS, rel=0.06)


def test_noting_costs_two_microseconds() -> None:
    """V-16: so that 10 000 a second may be noted three times each."""
    latency = Latency()
    assert min(repeat(lambda: latency.note(LOG, "binance", 12.5, 0.0), number=10_000, repeat=20)) / 10_000 < 2e-6
