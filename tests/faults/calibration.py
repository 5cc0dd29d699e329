"""How fast this machine is now: where it is much slower than the one that the bars were set on, they say little."""

import time
from collections.abc import Callable
from typing import Final

from tests.waiting import waited_s

# What the loop below took on two cores of a quiet server in 2026.
REFERENCE_S: Final = 0.027
TOO_SLOW: Final = 2.0
_ROUNDS: Final = 5


def slowness() -> float:
    """How many times slower than the reference it is; the best of a few rounds."""
    return min(_round() for _ in range(_ROUNDS)) / REFERENCE_S


def waiting() -> Callable[[], float]:
    """Begins to count; the answer says for which share of the time since then this process had to wait to run."""
    began, waited = time.monotonic(), waited_s()
    return lambda: (waited_s() - waited) / (time.monotonic() - began)


def _round() -> float:
    started = time.perf_counter()
    total = 0
    for number in range(500_000):
        total += number * number % 7
    return time.perf_counter() - started
