"""The fault `shuffle`: frames leave out of order, none of them later than a window of others."""

from __future__ import annotations

from random import Random

from tests.exchange.dialect import Data


class Shuffle:
    """Half of the frames leave at once, the others after up to `window` - 1 that came later."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._frames = 0
        self._held: list[tuple[int, Data]] = []  # with the number of the frame after which it leaves

    def take(self, data: Data, window: int) -> list[Data]:
        """What leaves now that this frame has come."""
        self._frames += 1
        due = self._frames + (self._random.randrange(window) if self._random.random() < 0.5 else 0)
        self._held.append((due, data))
        leaving = sorted((entry for entry in self._held if entry[0] <= self._frames), key=lambda entry: entry[0])
        self._held = [entry for entry in self._held if entry[0] > self._frames]
        return [data for _, data in leaving]

    def release(self) -> list[Data]:
        """All that is held, once the fault is over."""
        held, self._held = self._held, []
        return [data for _, data in held]
