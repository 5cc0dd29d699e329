"""Looks at every open socket once a second: who is idle, slow, or does not go although it should."""

import asyncio
from collections.abc import Callable
from typing import Final

from feeds.clock import Clock

EVERY_S: Final = 1.0


class Rounds:
    """One task for all sockets of a process; it begins with the first and ends with the last."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._looks: set[Callable[[], None]] = set()
        self._task: asyncio.Task[None] | None = None

    def join(self, look: Callable[[], None]) -> None:
        self._looks.add(look)
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="rounds of the sockets")

    def leave(self, look: Callable[[], None]) -> None:
        self._looks.discard(look)

    async def _run(self) -> None:
        try:
            while self._looks:
                await self._clock.sleep(EVERY_S)
                for look in list(self._looks):
                    # By the loop: one that raises is logged, and does not end the looks at the others.
                    asyncio.get_running_loop().call_soon(look)
        finally:
            self._task = None
