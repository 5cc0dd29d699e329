"""What is usual at one venue, and what is odd."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.market.reference import Point, Reference


def reference(*prices: str, every: float = 1.0, last_at: float = 0.0) -> Reference:
    """A venue that said these prices, the last of them at this time."""
    made = Reference()
    for number, price in enumerate(prices):
        made.add(made.read(Decimal(price)), last_at - every * (len(prices) - 1 - number))
    return made


def objection(made: Reference, price: str, now: float = 0.0) -> str:
    return made.objection(made.read(Decimal(price)), now)


def test_nothing_is_odd_where_nothing_is_known() -> None:
    """V-06: a first price has nothing to be held against."""
    assert objection(Reference(), "100") == ""
    assert Reference().last is None


@pytest.mark.parametrize(
    ("price", "reason"),
    [("105.12", ""), ("105.13", "jump"), ("95.13", ""), ("95.12", "jump"), ("1000", "jump"), ("10", "jump")],
)
def test_step_of_more_than_5_percent_is_a_jump(price: str, reason: str) -> None:
    """V-06 layer 5: by logarithms, exp(0.05) is 1.05127; of the last accepted price."""
    assert objection(reference("100.00"), price) == reason


def test_restless_venue_may_go_farther_in_the_same_time() -> None:
    """V-06 layer 5: where it steps 1 % a second, half a second is good for 7 %, no time for 5 % still."""
    restless = reference(*["100.00", "101.00"] * 30)
    assert objection(restless, "108.00", now=0.5) == ""
    assert objection(restless, "106.50", now=0.0) == "jump"
    assert objection(reference(*["100.00", "100.01"] * 30), "108.00", now=0.5) == "jump"


def test_ten_percent_are_a_jump_however_restless_the_venue() -> None:
    """E28: outside of 10 % of its own last prices is odd, after a minute of 4 % a second too."""
    restless = reference(*["100.00", "104.00"] * 30)
    assert objection(restless, "114.90", now=10.0) == ""
    assert objection(restless, "115.00", now=10.0) == "jump"


def test_climb_of_small_steps_is_an_outlier_in_the_end() -> None:
    """V-06 layer 6: no step is a jump, but it is more than 10 % off the middle of what stood still."""
    climbing = reference(*["100.00"] * 31, "104.00", "108.00")
    assert objection(climbing, "110.51") == ""
    assert objection(climbing, "110.52") == "outlier"


def test_wide_swings_are_no_outliers() -> None:
    """V-06 layer 6: where half of 61 lie 4 % off their middle, 3 * 1.4826 * MAD is 18 %, so 12 % are usual."""
    swinging = reference(*["91.00", "91.00", "95.00", "99.00", "103.00", "99.00", "95.00"] * 8, "99.00", "103.00")
    assert objection(swinging, "107.50") == ""


def test_whole_number_is_not_a_coarse_price() -> None:
    """V-06: a venue may leave out the zeros of 10.00; 10 % up are a jump."""
    assert objection(reference("10"), "11") == "jump"


@pytest.mark.parametrize("price", ["0.00000010", "0.00000014"])
def test_two_ticks_are_never_odd(price: str) -> None:
    """V-06: a coin of twelve hundred-millionths moves by 8 % or not at all."""
    assert objection(reference("0.00000012"), price) == ""


def test_three_ticks_may_be() -> None:
    """V-06: 25 % up, even of a coin that can only move by 8 %."""
    assert objection(reference("0.00000012"), "0.00000015") == "jump"


@pytest.mark.parametrize("price", ["10", "0.1"])
def test_tenfold_is_odd_however_coarse_the_price(price: str) -> None:
    """E28 F-17: also for a venue that leaves out the zeros, and so seems to trade in whole ones."""
    assert objection(reference("1"), price) == "jump"


@pytest.mark.parametrize(("old", "reason"), [(30, ""), (31, "outlier")])
def test_middle_is_of_the_last_61(old: int, reason: str) -> None:
    """V-06 layer 6: of 61 the 31st counts; what came before them does not."""
    made = reference(*["104.00"] * 40, *["100.00"] * old, *["104.00"] * (60 - old), "107.00")
    assert objection(made, "111.00") == reason


@given(st.lists(st.decimals("90", "110", places=2), min_size=1, max_size=200))
def test_what_is_kept_is_what_came_last(prices: list[Decimal]) -> None:
    """V-06: whatever came, the kept levels are in order, as many as were heard, 61 at most; steps add up."""
    made = reference(*map(str, prices))
    assert made._ordered == sorted(point.level for point in made._points)
    assert len(made._ordered) <= min(len(prices), 61)
    levels = [point.level for point in made._points]
    squares = sum((after - before) ** 2 for before, after in zip(levels, levels[1:], strict=False))
    assert made._squares == pytest.approx(squares, abs=1e-9)


def test_odd_price_that_is_accepted_begins_anew() -> None:
    """E28: after a crash of 30 % that others confirmed, its new level is usual and its old one is not."""
    made = reference(*["100.00"] * 61, "70.00")
    assert objection(made, "71.00") == ""
    assert objection(made, "100.00") == "jump"


def test_it_restarts_with_what_it_is_given() -> None:
    """E28: released trades are what is usual from now on."""
    made = reference(*["100.00"] * 61)
    made.restart([Point(1.0, math.log(70)), Point(2.0, math.log(71))])
    assert made.last == Point(2.0, math.log(71))
    assert objection(made, "69.00", now=2.0) == ""
