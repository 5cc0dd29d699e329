"""A measured figure: what was measured, against what, and the bar that it has to pass."""

from dataclasses import dataclass
from math import inf
from statistics import median


class Sample(list[float]):
    """One value for each round."""

    @property
    def median(self) -> float:
        return median(self)

    @property
    def spread(self) -> float:
        """How far the rounds lie apart: half the distance from worst to best, as a part of the median."""
        return (max(self) - min(self)) / 2 / (self.median or 1)


@dataclass(frozen=True)
class Figure:
    """`measured` is ours, `reference` is that of `against`; higher is better, but where there is an upper bar."""

    name: str
    unit: str
    measured: Sample
    against: str
    reference: Sample
    # The smallest ratio that passes; None where nothing is demanded.
    at_least: float | None = None
    # The largest one, where lower is better.
    at_most: float | None = None
    # The largest figure that passes, whatever the others do.
    most: float | None = None

    @property
    def ratio(self) -> float:
        """Of nothing to nothing it is 1."""
        ours, theirs = self.measured.median, self.reference.median
        return 1.0 if ours == theirs else ours / theirs if theirs else inf

    @property
    def bar(self) -> str | None:
        if self.most is not None:
            return f"<= {self.most:g} {self.unit}"
        if self.at_most is not None:
            return f"<= {self.at_most}"
        return None if self.at_least is None else f">= {self.at_least}"

    @property
    def is_ok(self) -> bool:
        if self.most is not None:
            return self.measured.median <= self.most
        if self.at_most is not None:
            return self.ratio <= self.at_most
        return self.at_least is None or self.ratio >= self.at_least

    def entry(self) -> dict[str, object]:
        """One element of var/bench.json."""
        return {
            "name": self.name,
            "figure": round(self.measured.median, 1),
            "unit": self.unit,
            "against": self.against,
            "ratio": round(self.ratio, 3),
            "bar": self.bar,
            "ok": self.is_ok,
        }
