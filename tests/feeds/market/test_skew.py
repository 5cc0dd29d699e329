"""How far a venue's clock is from ours."""

from datetime import timedelta

from feeds.market.skew import EVERY_S, OVER_S, Skew
from tests.feeds.samples import NOON


def told(skew: Skew, now: float, ahead_s: float) -> None:
    skew.note(now, NOON + timedelta(seconds=ahead_s), NOON)


def test_median_outweighs_what_was_old_already() -> None:
    """F-14 E27: trades that are repeated after a subscription do not make a clock slow."""
    skew = Skew()
    for number, ahead_s in enumerate((-3600.0, -50.0, 0.9, 1.0, 1.1, 1.2, 1.0)):
        told(skew, float(number), ahead_s)
    assert skew.median(7.0) == timedelta(seconds=1)


def test_minute_is_what_counts() -> None:
    """E27: a clock that was set right is right a minute later."""
    skew = Skew()
    told(skew, 0.0, 3600.0)
    told(skew, OVER_S, 0.1)
    assert skew.median(OVER_S + 0.1) == timedelta(seconds=0.1)
    assert skew.median(3 * OVER_S) is None


def test_flood_costs_no_memory() -> None:
    """E27: of 100 000 times in a minute a few are enough, from the whole minute."""
    skew = Skew()
    for number in range(100_000):
        now = number * OVER_S / 100_000
        told(skew, now, 0.0 if now < 20 * EVERY_S else 2.0)
    assert skew.median(OVER_S) == timedelta(seconds=2)


def test_venue_that_tells_no_times_has_no_skew() -> None:
    """Unknown is not zero."""
    assert Skew().median(0.0) is None
