"""What is computed of a position, against the venue's own numbers and by hand."""

from decimal import Decimal

import pytest

from feeds.market.candles import Prices
from positions.board import numbers
from positions.words import PositionSide

D = Decimal


def test_the_documented_sample_has_both_percentages() -> None:
    """B-17: -0.0032 USDT on 0.001 BTC at 43849, margin 2.19245: -0.0073 % of notional, -0.146 % of margin."""
    assert numbers.percent_of_notional(D("-0.0032"), D("0.001"), D(43849)) == D("-0.00729777")
    assert numbers.percent(D("-0.0032"), D("2.19245")) == D("-0.145955")


def test_a_captured_push_agrees_with_the_venues_own_ratio() -> None:
    """B-17: the ROE of BitGet is its PnL by its margin (captured on 2025-03-13: unrealizedPLR 0.001341321649)."""
    assert numbers.percent(D("0.0009"), D("0.67098")) == D("0.134132")


@pytest.mark.parametrize(
    ("side", "mark", "brings"),
    [("long", "110", "5"), ("long", "90", "-5"), ("short", "90", "5"), ("short", "110", "-5")],
)
def test_pnl_is_the_way_of_the_price_times_the_size(side: str, mark: str, brings: str) -> None:
    """B-09: exact, and with the sign of the side."""
    assert numbers.pnl(PositionSide(side), D("0.5"), D(100), D(mark)) == D(brings)


def test_what_is_not_told_is_not_computed() -> None:
    """B-09: never a zero of ours, and no division by one."""
    assert numbers.pnl(PositionSide.LONG, D(1), None, D(1)) is None
    assert numbers.percent_of_notional(D(1), D(1), None) is None
    assert numbers.percent_of_notional(D(1), D(0), D(1)) is None
    assert numbers.percent(None, D(1)) is None
    assert numbers.move_percent(D(0), D(1)) is None
    assert numbers.distance_percent(D(100), None) is None
    assert numbers.distance_in_atr(D(100), D(90), D(0)) is None
    assert numbers.risk(None) == ""


def test_absurd_numbers_of_a_venue_break_nothing() -> None:
    """M-08: the largest by the smallest that the grammar of numbers allows."""
    large, small = D("9" * 12), D(1).scaleb(-18)
    assert numbers.percent_of_notional(large * large, small, small) == D("1.00000E+62")


def test_the_distance_to_the_liquidation_price_has_two_units() -> None:
    """V-18: in percent of the mark price, and in ATRs of an hour; on either side of it."""
    assert numbers.distance_percent(D(80), D(70)) == numbers.distance_percent(D(80), D(90)) == D("12.5")
    assert numbers.distance_in_atr(D(80), D(70), D(4)) == D("2.5")


@pytest.mark.parametrize(
    ("distance", "band"),
    [("0", "danger"), ("2.99999", "danger"), ("3", "watch"), ("10", "watch"), ("10.0001", "calm")],
)
def test_risk_has_three_bands(distance: str, band: str) -> None:
    """V-18: over 10 ATR calm, 3 to 10 watch, under 3 danger."""
    assert numbers.risk(D(distance)) == band


def bar(high: int, low: int, close: int) -> Prices:
    return Prices(D(low), D(high), D(low), D(close))


def test_true_ranges_count_the_jump_from_the_bar_before() -> None:
    """V-18: fourteen ranges of 2 begin the average; a jump of 16 then moves it by a fourteenth of the difference."""
    quiet = [bar(11, 9, 10)] * 15
    assert numbers.average_true_range(quiet) == 2
    assert numbers.average_true_range([*quiet, bar(26, 25, 26)]) == 3


def test_too_few_bars_have_no_average() -> None:
    """V-18: rather none than a wrong one."""
    assert numbers.average_true_range([bar(11, 9, 10)] * 14) is None
    assert numbers.average_true_range([]) is None
