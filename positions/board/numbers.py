"""Numbers of a position that the venue does not tell, or tells too late. Pure; what cannot be computed is None.

The venue pushes nothing when only the price moves, so PnL is computed from the newest mark price. Ratios have six
significant digits, sums of money all of theirs.
"""

from collections.abc import Sequence
from decimal import Context, Decimal
from itertools import pairwise
from typing import Final

from feeds.market.candles import Prices
from positions.types import Told
from positions.words import PositionSide

# Wilder's own number of bars.
ATR_BARS: Final = 14
_RATIO: Final = Context(prec=6)
_PERCENT: Final = Decimal(100)
# Distances to the liquidation price, in ATRs of an hour (V-18).
_DANGER_BELOW, _CALM_ABOVE = Decimal(3), Decimal(10)


def known(told: Told) -> Decimal | None:
    """The number; None where the venue said that there is none, and where it said nothing."""
    return told if isinstance(told, Decimal) else None


def pnl(side: PositionSide, size: Decimal, entry: Decimal | None, mark: Decimal | None) -> Decimal | None:
    """What closing at the mark price would bring, without fees, in the margin coin."""
    if entry is None or mark is None:
        return None
    return (mark - entry) * size if side is PositionSide.LONG else (entry - mark) * size


def percent_of_notional(pnl: Decimal | None, size: Decimal, entry: Decimal | None) -> Decimal | None:
    """B-17: what the price itself did for the position, whatever its leverage."""
    return percent(pnl, None if entry is None else size * entry)


def percent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Of the margin it is the venue's ROE: its own ratio is unrealizedPL / marginSize, both as of its last push."""
    if part is None or not whole:
        return None
    return _RATIO.divide(part * _PERCENT, whole)


def move_percent(mark: Decimal | None, price: Decimal | None) -> Decimal | None:
    """How far the mark price has to go to be there, in percent of it; negative when it has to fall."""
    return None if mark is None or price is None else percent(price - mark, mark)


def distance_percent(mark: Decimal | None, liquidation: Decimal | None) -> Decimal | None:
    """V-18: |mark - liquidation| / mark, since the smaller side of a hedge may safely be on the far side of it."""
    move = move_percent(mark, liquidation)
    return None if move is None else abs(move)


def distance_in_atr(mark: Decimal | None, liquidation: Decimal | None, atr: Decimal | None) -> Decimal | None:
    """V-18: for how many usual hours the price would have to go straight to the liquidation price."""
    if mark is None or liquidation is None or not atr:
        return None
    return _RATIO.divide(abs(mark - liquidation), atr)


def risk(distance_in_atr: Decimal | None) -> str:
    """V-18: the band in a word, "" where the distance is not known."""
    if distance_in_atr is None:
        return ""
    if distance_in_atr < _DANGER_BELOW:
        return "danger"
    return "watch" if distance_in_atr <= _CALM_ABOVE else "calm"


def average_true_range(bars: Sequence[Prices]) -> Decimal | None:
    """Wilder's, over bars in the order of their time (New Concepts in Technical Trading Systems, 1978).

    The first value is the mean of 14 true ranges, each further one takes a fourteenth of the next range in. None
    while there are fewer than 15 bars.
    """
    ranges = [_true_range(before, bar) for before, bar in pairwise(bars)]
    if len(ranges) < ATR_BARS:
        return None
    average = sum(ranges[:ATR_BARS], Decimal(0)) / ATR_BARS
    for each in ranges[ATR_BARS:]:
        average += (each - average) / ATR_BARS
    return _RATIO.plus(average)


def _true_range(before: Prices, bar: Prices) -> Decimal:
    return max(bar.high, before.close) - min(bar.low, before.close)
