"""The last accepted prices of one venue: what is usual there, and what would be odd. Pure.

Prices are held as levels, which are logarithms: 0.05 between two of them is a step of 5 %, up or down. They are floats
for statistics only: a level cannot be mistaken for a price, and none is ever stored or shown.
"""

import math
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable
from decimal import Decimal
from statistics import median
from typing import Final, NamedTuple, cast

JUMP: Final = "jump"
OUTLIER: Final = "outlier"
# A median absolute deviation, made comparable to a standard deviation.
MAD_SCALE: Final = 1.4826
# Whatever is farther than 10 % off is odd, however restless the market or the venue.
FAR: Final = 0.10
_STEP: Final = 0.05
_SIGMAS: Final = 10.0
_MADS: Final = 3.0
# Two, and a hair for the rounding of logarithms.
_TICKS: Final = 2.0001
_KEPT: Final = 61


class Point(NamedTuple):
    """A level, and when it was heard."""

    at: float
    level: float


class Reference:
    """The last 61 accepted levels of a venue, oldest first and in order of height."""

    def __init__(self) -> None:
        self._points: deque[Point] = deque()
        self._ordered: list[float] = []
        self._squares = 0.0
        # Zeros at the end may be left out by a venue: that the price is a whole number does not make it a coarse one.
        self._places = -2

    @property
    def last(self) -> Point | None:
        """What it is held against: the last one that was accepted, never one that was not."""
        return self._points[-1] if self._points else None

    def read(self, price: Decimal) -> float:
        """The level of a price. Learns from it how fine the venue's prices are."""
        # A price that may be judged is a finite number, whose exponent is one.
        self._places = min(self._places, cast(int, price.as_tuple().exponent))
        return math.log(price)

    def two_ticks(self, level: float) -> float:
        """Two of the smallest steps that the price can take, up from here: of a coin of 0.00000012, a sixth."""
        return math.log1p(_TICKS * 10.0**self._places / math.exp(level))

    def objection(self, level: float, now: float) -> str:
        """Why such a level would be odd here; "" where it would not, or where nothing is known.

        A jump is farther than 5 % from the last one, and than ten times what is usual in that time. An outlier lies far
        outside of the last 61 (Hampel 1974); as that alone would be one real trade in twenty, whenever a market order
        clears a few prices of a calm book, it is more than 10 % off besides.
        """
        if not self._points:
            return ""
        last, middle = self._points[-1].level, self._middle
        step, distance = abs(level - last), abs(level - middle)
        if step <= _STEP and distance <= FAR:
            return ""
        slack = self.two_ticks(min(level, last))
        if step > max(self._stride(now), slack):
            return JUMP
        return OUTLIER if distance > max(FAR, slack, _MADS * MAD_SCALE * self._deviation()) else ""

    def add(self, level: float, at: float) -> None:
        """One more was accepted. One that was odd begins anew: what was usual is over."""
        if self.objection(level, at):
            self.clear()
        if self._points:
            self._squares += (level - self._points[-1].level) ** 2
        self._points.append(Point(at, level))
        insort(self._ordered, level)
        if len(self._points) > _KEPT:
            self._drop_oldest()

    def restart(self, points: Iterable[Point]) -> None:
        """Another level is usual from now on."""
        self.clear()
        for point in points:
            self.add(point.level, point.at)

    def clear(self) -> None:
        self._points.clear()
        self._ordered.clear()
        self._squares = 0.0

    def _stride(self, now: float) -> float:
        """How far the price may go from the last one: by its own steps per second, which are a random walk's."""
        first, last = self._points[0], self._points[-1]
        variance = max(self._squares, 0.0) / max(last.at - first.at, 1.0)
        return min(max(_STEP, _SIGMAS * math.sqrt(variance * max(now - last.at, 0.0))), FAR)

    @property
    def _middle(self) -> float:
        return self._ordered[len(self._ordered) // 2]

    def _deviation(self) -> float:
        return median(abs(level - self._middle) for level in self._ordered)

    def _drop_oldest(self) -> None:
        oldest = self._points.popleft().level
        del self._ordered[bisect_left(self._ordered, oldest)]
        self._squares -= (self._points[0].level - oldest) ** 2
