"""How quickly counts rise, by a bounded ring of what they were. Pure: counts and times go in."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from dashboard.system.metrics import Flow, Times
from feeds.tally import BOUNDS_MS, BUCKETS, DELAY_SUM_US, DELAYS, ERRORS, Series

Counts = Mapping[Series, int]

SAMPLE_EVERY: Final = timedelta(seconds=5)
MINUTE: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(minutes=15)
_SAMPLES: Final = LONGEST // SAMPLE_EVERY + 1
# Less than that says nothing of a second.
_LEAST: Final = timedelta(seconds=2)


@dataclass(frozen=True)
class Trend:
    """`counts` are the newest, `at` when they were read. One that falls, since a server lost it, rose by nothing.

    `last_error_at` is when the count of errors was seen to rise.
    """

    counts: Counts = field(default_factory=dict)
    at: datetime | None = None
    last_error_at: datetime | None = None
    ring: tuple[tuple[datetime, Counts], ...] = ()

    def noted(self, counts: Counts, at: datetime) -> "Trend":
        """With what all counts are now."""
        errors = Series(ERRORS)
        has_erred = self.at is not None and counts.get(errors, 0) > self.counts.get(errors, 0)
        is_due = not self.ring or at - self.ring[-1][0] >= SAMPLE_EVERY
        ring = (*self.ring[1 - _SAMPLES :], (at, counts)) if is_due else self.ring
        return Trend(counts, at, at if has_erred else self.last_error_at, ring)

    def flow(self, *names: str) -> Flow:
        """All series of these names together."""
        total = sum(count for series, count in self.counts.items() if series.name in names)
        rates = [self._rate(names, over) for over in (MINUTE, 5 * MINUTE, LONGEST)]
        return Flow(total, *rates)

    def total(self, name: str, label: str | None = None) -> int:
        """Of one name, or of one label of it."""
        return sum(n for each, n in self.counts.items() if each.name == name and label in (None, each.label))

    def by(self, part: Callable[[Series], str], name: str) -> dict[str, int]:
        """Of one name, by a part of what it is labelled with."""
        found = Counter[str]()
        for series, count in self.counts.items():
            if series.name == name:
                found[part(series)] += count
        return dict(found)

    def times(self, hop: str) -> Times:
        """What a hop took over the last minute, as far as the buckets tell: within one, evenly spread."""
        _, before = self._before(MINUTE)
        grown = [self._grown(Series(DELAYS, hop, bucket), before) for bucket in BUCKETS]
        count = sum(grown)
        if not count:
            return Times()
        average = self._grown(Series(DELAY_SUM_US, hop), before) / 1000 / count
        p50, p95, p99 = (_quantile(grown, share) for share in (0.5, 0.95, 0.99))
        return Times(round(average, 3), p50, p95, p99, count)

    def _before(self, over: timedelta) -> tuple[datetime | None, Counts]:
        """The oldest sample that is no older than that."""
        since = self.at - over if self.at else None
        return next(((at, counts) for at, counts in self.ring if since and at >= since), (None, {}))

    def _rate(self, names: tuple[str, ...], over: timedelta) -> float | None:
        began, before = self._before(over)
        if began is None or self.at is None or self.at - began < _LEAST:
            return None
        grown = sum(self._grown(series, before) for series in self.counts if series.name in names)
        return round(grown / (self.at - began).total_seconds(), 3)

    def _grown(self, series: Series, before: Counts) -> int:
        return max(0, self.counts.get(series, 0) - before.get(series, 0))


def _quantile(grown: list[int], share: float) -> float:
    """By the bucket that it falls into; beyond the last bound, that bound."""
    wanted, low = share * sum(grown), 0.0
    for bound, count in zip(BOUNDS_MS, grown, strict=False):
        if count >= wanted > 0:
            return round(low + (bound - low) * wanted / count, 3)
        wanted, low = wanted - count, bound
    return low
