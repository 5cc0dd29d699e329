"""How much memory something takes at its worst."""

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

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
