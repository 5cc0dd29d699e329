"""How long each hop of a price took in the last minute. Pure: every call brings the time in monotonic seconds.

Hops of a venue's data: `venue` (its event to our receiving it, less how far its clock is from ours), `accept` (received
to judged), `log` (received to acknowledged by Redis).
"""

from collections import Counter, defaultdict, deque
from math import ceil, log
from typing import Final, NamedTuple

VENUE, ACCEPT, LOG = "venue", "accept", "log"

SLICE_S: Final = 10
SLICES: Final = 6
# Buckets are a tenth apart, so that what is told is wrong by 5 % at most, from 0.01 ms to a minute.
FINEST_MS, COARSEST_MS = 0.01, 60_000.0
_STEP: Final = log(1.1)


class Percentiles(NamedTuple):
    """In milliseconds."""

    p50: float
    p95: float
    p99: float


class Latency:
    """Histograms of every hop, for each venue."""

    def __init__(self) -> None:
        self._hops: dict[str, dict[str, _Histogram]] = defaultdict(lambda: defaultdict(_Histogram))

    def note(self, hop: str, venue: str, ms: float, now: float) -> None:
        """It took so long just now. Less than nothing is a matter of clocks, and counts as nothing."""
        self._hops[venue][hop].note(ms, now)

    def delays(self, venue: str, now: float) -> dict[str, Percentiles]:
        """By hop; one over which nothing came in the last minute is missing."""
        told = {hop: histogram.percentiles(now) for hop, histogram in self._hops[venue].items()}
        return {hop: percentiles for hop, percentiles in told.items() if percentiles is not None}


class _Histogram:
    """How many were how long, in slices of the last minute; oldest slice first, each with its number."""

    def __init__(self) -> None:
        self._slices: deque[tuple[int, Counter[int]]] = deque(maxlen=SLICES)

    def note(self, ms: float, now: float) -> None:
        number = int(now) // SLICE_S
        if not self._slices or self._slices[-1][0] != number:
            self._slices.append((number, Counter()))
        self._slices[-1][1][_bucket(ms)] += 1

    def percentiles(self, now: float) -> Percentiles | None:
        oldest = int(now) // SLICE_S - SLICES
        counts = sum((counts for number, counts in self._slices if number > oldest), Counter[int]())
        if not counts:
            return None
        return Percentiles(*(_percentile(counts, share) for share in (0.50, 0.95, 0.99)))


def _percentile(counts: Counter[int], share: float) -> float:
    """What so many of them did not exceed."""
    wanted = ceil(share * counts.total())
    for bucket in sorted(counts):
        wanted -= counts[bucket]
        if wanted <= 0:
            return _middle(bucket)
    raise ValueError("a share is at most 1")


def _bucket(ms: float) -> int:
    return int(log(min(ms, COARSEST_MS) / FINEST_MS) / _STEP) + 1 if ms > FINEST_MS else 0


def _middle(bucket: int) -> float:
    """Of what is in a bucket, to three digits."""
    ms = FINEST_MS * 1.1 ** (bucket - 0.5) if bucket else 0.0
    return round(ms, 3) if ms < 1 else round(ms, 2 if ms < 10 else 1)
