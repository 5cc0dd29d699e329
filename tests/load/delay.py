"""How late updates were: percentiles of everything that was heard in a while."""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

# Above it the load client is late itself, and what it measures is its own.
BUSY: Final = 0.85


@dataclass
class Delays:
    """Milliseconds, one for each update and client. `busy`: the share of a processor that the load client took."""

    ms: array[float] = field(default_factory=lambda: array("d"))
    began_at: float = 0.0
    ended_at: float = 0.0
    busy: float = 0.0

    def quantile(self, share: float) -> float | None:
        """None where nothing came."""
        ordered = sorted(self.ms)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else None

    @property
    def void(self) -> str:
        return f"the load client itself was busy {self.busy:.0%} of the time" if self.busy > BUSY else ""


class Stopwatch:
    """Keeps what is noted while something is measured, and throws away the rest."""

    def __init__(self) -> None:
        self._delays: Delays | None = None

    def note(self, seconds: float) -> None:
        if self._delays is not None:
            self._delays.ms.append(seconds * 1000)

    @contextmanager
    def measuring(self) -> Iterator[Delays]:
        """The delays are complete when the block ends."""
        self._delays = delays = Delays(began_at=time.time())
        used = time.process_time()
        try:
            yield delays
        finally:
            delays.ended_at = time.time()
            delays.busy = (time.process_time() - used) / (delays.ended_at - delays.began_at)
            self._delays = None
