"""Clocks for tests: one that stands still until a test moves it, and two that run fast."""

import asyncio
import heapq
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final

# Turns of the loop that what was woken gets to do its work: no work between two sleeps takes more.
_TURNS: Final = 20
# Between two looks at a clock that runs fast. Whoever uses one looks far more often.
_MOST_AT_ONCE_S: Final = 1.0


class ManualClock:
    """Implements feeds.clock.Clock. `advance` wakes sleepers in the order in which they are due."""

    def __init__(self, start_at: datetime = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)) -> None:
        self._start_at = start_at
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    def now(self) -> datetime:
        return self._start_at + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._numbers), woken))
        await woken

    @property
    def sleepers(self) -> int:
        """How many wait for the clock now."""
        return sum(not woken.done() for _, _, woken in self._sleepers)

    async def advance(self, seconds: float) -> None:
        """Moves on, stopping at each sleeper's time; who sleeps again within the span is woken again."""
        end = self._elapsed + seconds
        await _let_others_run()
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                self._elapsed = max(self._elapsed, due)
                woken.set_result(None)
                await _let_others_run()
        self._elapsed = end


class QuickClock:
    """Implements feeds.clock.Clock: so many seconds of ours in each of the world's. Only data has the world's time."""

    def __init__(self, speed: float) -> None:
        self._speed = speed

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic() * self._speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)


class ScaledClock:
    """Implements feeds.clock.Clock: so many seconds of ours in each of the world's, in data too. Never set back.

    Where it runs fast, it stands still with a process that has no processor: a stall of the machine would be a silence
    of many seconds, for all that is in this process at once.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self._start_at = datetime.now(UTC)
        self._speed = speed
        self._count, self._since = 0.0, time.monotonic()

    def change(self, speed: float) -> None:
        """Runs on at another speed. Who sleeps already wakes up when the old one says."""
        self.monotonic()
        self._speed = speed

    def now(self) -> datetime:
        return self._start_at + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        now = time.monotonic()
        passed = (now - self._since) * self._speed
        self._count += min(passed, _MOST_AT_ONCE_S) if self._speed > 1.0 else passed
        self._since = now
        return self._count

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)


async def _let_others_run() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)
