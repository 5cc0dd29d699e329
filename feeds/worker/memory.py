"""How much memory this process has, and the ceiling above which it had better be another one."""

import logging
import mmap
from collections.abc import Callable
from pathlib import Path
from typing import Final

logger = logging.getLogger(__name__)

_STATM: Final = Path("/proc/self/statm")
_MB: Final = 1024 * 1024


class Ceiling:
    """Call `look` now and then. `hand_over` is called, with the reason, by each look that finds too much."""

    def __init__(self, max_mb: int, hand_over: Callable[[str], None]) -> None:
        self._max_mb = max_mb
        self._hand_over = hand_over
        if max_mb > 0 and resident_mb() is None:
            logger.warning("WORKER_MEMORY_MAX_MB is not held: there is no %s on this system", _STATM)

    def look(self) -> None:
        resident = resident_mb()
        if resident is not None and 0 < self._max_mb < resident:
            self._hand_over(f"it has {resident:.0f} MB of memory, and may have {self._max_mb}")


def resident_mb() -> float | None:
    """What is in memory of this process; None where the system does not tell."""
    try:
        pages = int(_STATM.read_text().split()[1])
    except OSError:
        return None
    return pages * mmap.PAGESIZE / _MB
