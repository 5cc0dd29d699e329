"""Whether something grows: a straight line through what was measured, and how sure it is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean
from typing import Final

# So many standard errors may be chance.
DOUBT: Final = 3.0


@dataclass(frozen=True)
class Line:
    """`growth` over the whole span, as a share of the mean; `error` is its standard error."""

    mean: float
    growth: float
    error: float

    @property
    def certain(self) -> float:
        """The growth that is no chance: nothing where the line may as well be level, or falls."""
        return max(0.0, self.growth - DOUBT * self.error)


def line(values: Sequence[float]) -> Line:
    """Least squares through values that were measured at equal distances, three at least."""
    count, mean = len(values), fmean(values)
    places = [place - (count - 1) / 2 for place in range(count)]
    spread = sum(place * place for place in places)
    slope = sum(place * value for place, value in zip(places, values, strict=True)) / spread
    rest = sum((value - mean - slope * place) ** 2 for place, value in zip(places, values, strict=True))
    error = sqrt(rest / (count - 2) / spread)
    span = (count - 1) / mean if mean else 0.0
    return Line(mean, slope * span, error * span)
