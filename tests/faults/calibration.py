"""How fast this machine is now: where it is much slower than the one that the bars were set on, they say little."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

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


def waited_s(process: int | str = "self") -> float:
    """For how many seconds the main thread of a process waited to run so far; none where the kernel does not tell.

    https://docs.kernel.org/scheduler/sched-stats.html
    """
    scheduled = Path(f"/proc/{process}/schedstat")
    return int(scheduled.read_text().split()[1]) / 1e9 if scheduled.exists() else 0.0


def _round() -> float:
    started = time.perf_counter()
    total = 0
    for number in range(500_000):
        total += number * number % 7
    return time.perf_counter() - started
