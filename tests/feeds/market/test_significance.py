"""How significant a move is: by hand, and whatever the prices are."""

from math import exp, log, pi, sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.market.significance import MOST_APART_S, WINDOW_S, Close, Doubt, Level, level, moves, sigma

# A price that goes up and down by a thousandth, second by second.
STEP = 0.001
SWING = sqrt(pi / 2) * STEP


def swinging(count: int, every_s: int = 1, step: float = STEP, start: int = 0) -> list[Close]:
    return [Close(start + n * every_s, step * (n % 2)) for n in range(count)]


def walk(returns: list[float], scale: float = 100.0) -> list[Close]:
    closes = [Close(0, log(scale))]
    for second, each in enumerate(returns, 1):
        closes.append(Close(second, closes[-1].log_price + each))
    return closes


noise = st.lists(st.floats(-0.002, 0.002), min_size=100, max_size=300)


def test_the_noise_of_a_second_is_the_bipower_variation() -> None:
    """V-12: every product of neighbours is a millionth, so sigma squared is pi / 2 of that."""
    assert sigma(swinging(200)) == pytest.approx(SWING)


def test_a_move_is_measured_by_its_noise_and_the_root_of_its_time() -> None:
    """V-12: worked by hand: 200 seconds of swings, then up by a twentieth in one second."""
    closes = [*swinging(201), Close(201, 0.05)]
    yardstick = sqrt(pi / 2 * (199 * STEP**2 + STEP * 0.05) / 200)
    minute, five, quarter = moves(closes, 201)
    # A minute before, at second 141, the price was at the upper end of its swing.
    assert minute.z == pytest.approx((0.05 - STEP) / (yardstick * sqrt(60)))
    assert minute.change == pytest.approx(100 * (exp(0.05 - STEP) - 1))
    assert (minute.level, round(minute.z or 0, 1)) == (Level.STRONG, 4.5)
    assert (five.doubt, five.wait_s, quarter.wait_s) == (Doubt.SHORT, 99, 699)


@pytest.mark.parametrize(
    ("z", "name"),
    [(1.99, "none"), (2.0, "notable"), (-2.99, "notable"), (3.0, "strong"), (-4.99, "strong"), (-5.0, "extreme")],
)
def test_the_levels_begin_at_two_three_and_five(z: float, name: str) -> None:
    """V-12: upwards and downwards alike."""
    assert level(z) == name


@given(noise, st.floats(0.0001, 1e6))
def test_the_unit_of_a_price_is_no_matter(returns: list[float], scale: float) -> None:
    """V-12: a price in cents is as significant as one in dollars."""
    now = len(returns)
    for one, other in zip(moves(walk(returns), now), moves(walk(returns, scale), now), strict=True):
        assert (one.doubt, one.wait_s) == (other.doubt, other.wait_s)
        assert one.z is None or one.z == pytest.approx(other.z, rel=1e-6, abs=1e-6)


@given(st.integers(1, 597), st.sampled_from([-1, 1]))
def test_a_jump_hardly_widens_its_own_yardstick(place: int, sign: int) -> None:
    """V-12: of fifty times the noise; by ordinary variance sigma would be more than twice as large."""
    returns = [STEP * (-1) ** n for n in range(600)]
    quiet = sigma(walk(returns))
    returns[place] = sign * 50 * STEP
    jumpy = sigma(walk(returns))
    assert quiet
    assert jumpy
    assert quiet < jumpy < 1.1 * quiet


def test_a_price_that_never_moved_cannot_be_measured() -> None:
    """V-12: no division by zero, and no verdict."""
    still = moves([Close(second, log(100)) for second in range(200)], 199)[0]
    assert (still.doubt, still.z, still.level, still.change) == (Doubt.STILL, None, None, 0.0)


@pytest.mark.parametrize("every_s", [1, 4, 25])
def test_seconds_without_trades_do_not_make_a_market_quieter(every_s: int) -> None:
    """V-12: a return over four seconds is twice that of one second."""
    assert sigma(swinging(70, every_s, STEP * sqrt(every_s))) == pytest.approx(SWING)


def test_a_return_over_a_time_of_which_nothing_is_known_is_no_noise() -> None:
    """V-12: the price went up by half while nobody listened; that is a move, and no yardstick."""
    before, after = swinging(100), swinging(100, start=100 + MOST_APART_S + 1)
    higher = [Close(second, log_price + 0.4) for second, log_price in after]
    assert sigma([*before, *higher]) == pytest.approx(SWING)
    five = moves([*swinging(400), *swinging(100, start=1000)], 1099)[1]
    assert five.doubt is Doubt.GAP


def test_what_needs_more_history_says_how_long_that_takes() -> None:
    """V-12: two minutes for the noise at least, and the time of the move itself."""
    assert [move.wait_s for move in moves(swinging(31), 30)] == [90, 270, 870]
    assert [move.doubt for move in moves([], 30)] == [Doubt.GAP] * 3


@pytest.mark.parametrize("chance", [1.0, 0.2, 0.1, 0.05])
def test_a_quiet_market_raises_no_alarm_of_its_own(chance: float) -> None:
    """V-12: prices stand on a grid of ticks, and move in few seconds only; of pure noise some 5 % may be notable."""
    rolled, found = Random(12), 0
    for _ in range(100):
        steps = [rolled.choice((-1, 1)) if rolled.random() < chance else 0 for _ in range(WINDOW_S)]
        minute = moves(walk([STEP * step for step in steps]), WINDOW_S)[0]
        found += minute.level not in (None, Level.NONE)
    assert found <= 10
