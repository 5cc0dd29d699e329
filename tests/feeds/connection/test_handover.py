"""The price moves from one venue to another."""

from datetime import timedelta

import pytest

from feeds.connection.handover import Handover
from tests.feeds.samples import NOON


@pytest.mark.parametrize(("age", "stale"), [(0.0, 0.0), (4.0, 0.0), (5.0, 0.0), (7.5, 2.5), (300.0, 295.0)])
def test_handover_costs_what_the_price_was_older_than_five_seconds(age: float, stale: float) -> None:
    """F-06 V-13: up to then nobody saw an old price."""
    switch = Handover("binance", "silent", NOON, {}).to("htx", NOON + timedelta(seconds=age))
    assert switch.stale_s == stale


def test_venue_whose_clock_is_ahead_costs_nothing() -> None:
    """E27: never less than nothing."""
    assert Handover("binance", "silent", NOON + timedelta(seconds=3), {}).to("htx", NOON).stale_s == 0.0


def test_switch_says_from_where_to_where_when_and_why() -> None:
    """F-06: of one instrument, where it is about one."""
    at = NOON + timedelta(seconds=1)
    switch = Handover("binance", "refused: not listed", NOON, {}, "ETH-USDT").to("htx", at)
    assert (switch.from_venue, switch.to_venue, switch.reason) == ("binance", "htx", "refused: not listed")
    assert (switch.at, switch.instrument) == (at, "ETH-USDT")
