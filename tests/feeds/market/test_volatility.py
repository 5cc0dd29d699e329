"""How restless an instrument is, and what is scaled with that."""

import random
from decimal import Decimal

import pytest

from feeds.market.volatility import Volatility, wanted


class Market:
    """A price that takes a random step a second."""

    def __init__(self) -> None:
        self.volatility = Volatility()
        self.now = 0.0
        self._price = 76_000.0
        self._chance = random.Random(11)

    def walk(self, seconds: int, step: float) -> list[int]:
        """So many seconds with steps of this standard deviation; what was wanted after each."""
        scales = []
        for _ in range(seconds):
            self.now += 1.0
            self._price *= 1 + self._chance.gauss(0, step)
            self.volatility.note(Decimal(str(round(self._price, 2))), self.now)
            scales.append(self.volatility.more_standbys(self.now))
        return scales


@pytest.fixture
def market() -> Market:
    market = Market()
    market.walk(3600, 1e-4)
    return market


def test_steady_market_wants_nothing_more(market: Market) -> None:
    """V-02 F-24: rho is about 1, however large the steps are, as long as they are what they were."""
    assert market.volatility.rho == pytest.approx(1.0, abs=0.2)
    assert set(market.walk(600, 1e-4)) == {0}


def test_market_that_just_began_is_not_restless() -> None:
    """V-02: there is nothing yet that it could be more restless than."""
    market = Market()
    assert market.volatility.rho == 1.0
    assert set(market.walk(30, 1e-3)) == {0}


def test_price_that_never_moved_is_calm() -> None:
    """V-02: no division by nothing."""
    market = Market()
    assert set(market.walk(100, 0.0)) == {0}
    assert market.volatility.rho == 1.0


def test_restless_market_wants_one_standby_more(market: Market) -> None:
    """V-02: rho above 2: one more."""
    more = market.walk(60, 3e-4)[-1]
    assert 2.0 < market.volatility.rho < 4.0
    assert more == 1


def test_crash_wants_two_standbys_more_within_seconds(market: Market) -> None:
    """V-02: rho above 4: two more, and it does not take a minute to say so."""
    scales = market.walk(20, 3e-3)
    assert market.volatility.rho > 4.0
    assert scales[-1] == 2
    assert scales.index(2) < 12


def test_everything_calms_down_again(market: Market) -> None:
    """V-02: half of what was is forgotten in 23 s."""
    market.walk(20, 1e-3)
    assert market.walk(300, 1e-4)[-1] == 0


def test_change_comes_at_most_every_ten_seconds(market: Market) -> None:
    """V-02: whatever the market does."""
    scales = [scale for step in (1e-4, 3e-3) * 30 for scale in market.walk(40, step)]
    changes = [place for place in range(1, len(scales)) if scales[place] != scales[place - 1]]
    assert len(changes) > 3
    assert min(later - earlier for earlier, later in zip(changes, changes[1:], strict=False)) >= 10


@pytest.mark.parametrize(
    ("rho", "before", "after"), [(2.01, 0, 1), (1.99, 0, 0), (1.61, 1, 1), (1.59, 1, 0), (4.01, 1, 2), (3.3, 2, 2)]
)
def test_standby_is_given_up_a_fifth_below_where_it_was_asked_for(rho: float, before: int, after: int) -> None:
    """V-02: hysteresis of 20 %, so that a market at a limit does not connect and leave all the time."""
    assert wanted(before, rho) == after
