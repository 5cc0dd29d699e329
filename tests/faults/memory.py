"""How much memory something takes."""

import os
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024


@dataclass
class Growth:
    bytes: int = 0


@contextmanager
def growth() -> Iterator[Growth]:
    """What was held at the same time at the most, beyond what was held before; known when the block ends."""
    grown = Growth()
    tracemalloc.start()
    try:
        yield grown
    finally:
        grown.bytes = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()


def resident() -> int:
    """The bytes of this process that are in memory now. https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html"""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
