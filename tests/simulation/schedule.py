"""The virtual clock: what happens next, in order of time. Nobody waits here."""

import heapq
from collections.abc import Callable
from typing import Any


class Schedule:
    """Runs what is due. What is due at the same moment runs in the order in which it was scheduled."""

    def __init__(self) -> None:
        self.now = 0.0
        self._number = 0
        self._waiting: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []

    def at(self, when: float, do: Callable[..., None], *given: Any) -> None:
        self._number += 1
        heapq.heappush(self._waiting, (when if when > self.now else self.now, self._number, do, given))

    def after(self, seconds: float, do: Callable[..., None], *given: Any) -> None:
        self.at(self.now + seconds, do, *given)

    def run(self, until: float) -> None:
        waiting = self._waiting
        while waiting and waiting[0][0] <= until:
            self.now, _, do, given = heapq.heappop(waiting)
            do(*given)
        self.now = until
