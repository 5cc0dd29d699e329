"""How significant a move of a price is: its return, measured by the noise of single seconds (V-12). Pure.

    z = r_tau / (sigma * sqrt(tau)),   r_tau = ln(p_now / p_before),   tau in seconds
    sigma^2 = pi / 2 * mean(|r_i| * |r_(i-1)|),   r_i = ln(p_i / p_(i-1)) / sqrt(t_i - t_(i-1))

The bipower variation of Lee and Mykland (2008, "Jumps in Financial Markets: A New Nonparametric Test and Jump
Dynamics", Review of Financial Studies 21, eq. 7 and 8): a single jump stands in two products, each time beside an
ordinary return, so it hardly widens its own yardstick. They sample at equal distances; here a second without trades has
no price, and a return over several seconds is scaled to one.

Where most seconds bring no new price, most products of neighbours are 0, and sigma would be far too small: prices are
sampled every 1, 5, 15 and 30 s, and the largest sigma of these is believed. The bounce between bid and ask makes it
larger than the noise that grows with time, too: z errs towards small.

All prices are one venue's, so that a change of the venue is no move. Times are whole seconds since 1970.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import pairwise
from math import expm1, pi, sqrt
from typing import Final, NamedTuple

HORIZONS_S: Final = (60, 300, 900)
# Noise is that of the last half hour, and is told from two minutes and 30 products on.
WINDOW_S: Final = 1800
LEAST_S: Final = 120
LEAST_PRODUCTS: Final = 30
SAMPLED_EVERY_S: Final = (1, 5, 15, 30)
# Nobody knows the price of a moment whose last trade is older than that, nor what happened meanwhile.
MOST_APART_S: Final = 60
# Prices that differ by less than doubles can tell do not move.
_NOTHING: Final = 1e-12


class Level(StrEnum):
    NONE = "none"
    NOTABLE = "notable"
    STRONG = "strong"
    EXTREME = "extreme"


class Doubt(StrEnum):
    """Why nothing can be told."""

    # There is too little history; `wait_s` says until when.
    SHORT = "short"
    # No trade is known from around the begin, or from now.
    GAP = "gap"
    # The price hardly moved, or hardly anybody traded: there is no noise to measure by.
    STILL = "still"


_FROM: Final = ((5.0, Level.EXTREME), (3.0, Level.STRONG), (2.0, Level.NOTABLE))


class Close(NamedTuple):
    """The last price of a second, as its logarithm: returns are differences."""

    second: int
    log_price: float


class Move(NamedTuple):
    """What the price did in so many seconds: `change` in percent. Where nothing can be told, why, and for how long."""

    horizon_s: int
    change: float | None = None
    z: float | None = None
    level: Level | None = None
    doubt: Doubt | None = None
    wait_s: int = 0


def level(z: float) -> Level:
    return next((name for limit, name in _FROM if abs(z) >= limit), Level.NONE)


def moves(closes: Sequence[Close], now: int) -> list[Move]:
    """The moves over 1, 5 and 15 minutes up to now, of closes that come oldest first."""
    noise = sigma([close for close in closes if close.second > now - WINDOW_S])
    return [_move(closes, horizon_s, now, noise) for horizon_s in HORIZONS_S]


def sigma(closes: Sequence[Close]) -> float | None:
    """The noise of one second, robust to jumps; None where it cannot be told."""
    noise = max(_bipower(_sampled(closes, every_s)) for every_s in SAMPLED_EVERY_S)
    return noise if noise > _NOTHING else None


def _sampled(closes: Sequence[Close], every_s: int) -> list[Close]:
    """The last one of each so many seconds."""
    return list({close.second // every_s: close for close in closes}.values())


def _bipower(closes: Sequence[Close]) -> float:
    """0 where there are too few."""
    products = list(_products(closes))
    return sqrt(pi / 2 * sum(products) / len(products)) if len(products) >= LEAST_PRODUCTS else 0.0


def _products(closes: Sequence[Close]) -> Iterator[float]:
    """Of neighbours, none of which stands over a time of which nothing is known."""
    before: float | None = None
    for one, other in pairwise(closes):
        apart = other.second - one.second
        size = abs(other.log_price - one.log_price) / sqrt(apart) if apart <= MOST_APART_S else None
        if before is not None and size is not None:
            yield before * size
        before = size


def _move(closes: Sequence[Close], horizon_s: int, now: int, noise: float | None) -> Move:
    if not closes:
        return Move(horizon_s, doubt=Doubt.GAP)
    if (wait_s := closes[0].second + max(horizon_s, LEAST_S) - now) > 0:
        return Move(horizon_s, doubt=Doubt.SHORT, wait_s=wait_s)
    start, end = _price_at(closes, now - horizon_s), _price_at(closes, now)
    if start is None or end is None:
        return Move(horizon_s, doubt=Doubt.GAP)
    gone = end - start
    change = 100 * expm1(gone)
    if noise is None:
        return Move(horizon_s, change, doubt=Doubt.STILL)
    z = gone / (noise * sqrt(horizon_s))
    return Move(horizon_s, change, z, level(z))


def _price_at(closes: Sequence[Close], second: int) -> float | None:
    """The last price up to then; None where it is too old."""
    place = bisect_right(closes, second, key=lambda close: close.second)
    close = closes[place - 1] if place else None
    return close.log_price if close and second - close.second <= MOST_APART_S else None
