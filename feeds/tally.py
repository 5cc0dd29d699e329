"""What this process did, counted: numbers that only rise, by name and labels. Any thread may count. No I/O.

`storage/counts.py` brings them to Redis, where those of all processes are one sum.
"""

import threading
import uuid
from bisect import bisect_left
from collections import Counter
from typing import Final, NamedTuple

# Of a venue: trades that came, and what became of them; `published` are its prices written for readers.
RECEIVED, ACCEPTED, QUARANTINED, REPEATED = "received", "accepted", "quarantined", "repeated"
# By venue and reason; quotes and frames that make no sense, too.
REJECTED: Final = "rejected"
STORED, PUBLISHED = "stored", "published"
QUOTES, FRAMES, FRAME_BYTES, CONNECTS = "quotes", "frames", "frame_bytes", "connects"
# By part: redis, database or rest.
ATTEMPTS, FAILURES = "attempts", "failures"
REDIS, DATABASE, REST = "redis", "database", "rest"
# Of sockets: frames and bytes sent to clients, states replaced before a client took them, clients that were too slow.
SENT, SENT_BYTES, DROPPED, TOO_SLOW = "sent", "sent_bytes", "dropped", "too_slow"
ERRORS: Final = "errors"
# By hop and upper bound in milliseconds; and by hop the sum in microseconds.
DELAYS, DELAY_SUM_US = "delays", "delay_sum_us"

# Upper bounds of what a hop took, in milliseconds; the last is for whatever took longer.
BOUNDS_MS: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2500.0, 5000.0)
BEYOND: Final = "+Inf"
BUCKETS: Final = (*map(str, BOUNDS_MS), BEYOND)


class Series(NamedTuple):
    """One number: its name, and its labels, "" where it has fewer."""

    name: str
    label: str = ""
    second: str = ""


class Tally:
    """`origin` names this process among all that ever were."""

    def __init__(self) -> None:
        self.origin = uuid.uuid4().hex
        self._counts: Counter[Series] = Counter()
        # Its holder may take it again: the collector, or a signal, may log an error meanwhile, and that is counted.
        self._lock = threading.RLock()

    def add(self, name: str, label: str = "", second: str = "", count: int = 1) -> None:
        series = Series(name, label, second)
        with self._lock:
            self._counts[series] += count

    def took(self, hop: str, ms: float) -> None:
        """A hop took so long. Less than nothing is a matter of clocks, and counts as nothing."""
        in_bucket, in_sum = Series(DELAYS, hop, BUCKETS[bisect_left(BOUNDS_MS, ms)]), Series(DELAY_SUM_US, hop)
        us = max(0, round(ms * 1000))
        with self._lock:
            self._counts[in_bucket] += 1
            self._counts[in_sum] += us

    def asked(self, part: str, *, has_failed: bool = False) -> None:
        """An operation ended."""
        attempts, failures = Series(ATTEMPTS, part), Series(FAILURES, part)
        with self._lock:
            self._counts[attempts] += 1
            self._counts[failures] += has_failed

    def counts(self) -> dict[Series, int]:
        """All of them, since the process began."""
        with self._lock:
            return dict(self._counts)


# One per process.
TALLY: Final = Tally()
