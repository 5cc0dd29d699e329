"""Waiting for what nobody announces: real processes, sockets and threads."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeVar

from tests.clock import ManualClock

T = TypeVar("T")

# Whoever waits in vain is wrong, whoever gives up too soon too: no bar, which a test measures by itself.
PATIENCE_S: Final = 15.0
_LOOK_EVERY_S: Final = 0.005


class Stopwatch:
    """Seconds since it was made. Those in which others had the processor do not count: a bar is not for them."""

    def __init__(self) -> None:
        self._began, self._waited = time.monotonic(), waited_s()

    def seconds(self) -> float:
        return time.monotonic() - self._began - (waited_s() - self._waited)


def waited_s(process: int | str = "self") -> float:
    """For how many seconds the main thread of a process waited to run so far; none where the kernel does not tell.

    https://docs.kernel.org/scheduler/sched-stats.html
    """
    scheduled = Path(f"/proc/{process}/schedstat")
    return int(scheduled.read_text().split()[1]) / 1e9 if scheduled.exists() else 0.0


async def wait_until(condition: Callable[[], object], within: float = PATIENCE_S) -> None:
    """Returns once the condition holds; TimeoutError after the deadline."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_EVERY_S)


async def wait_for(look: Callable[[], Awaitable[T | None]], within: float = PATIENCE_S) -> T:
    """What `look` finds, once it finds something."""
    async with asyncio.timeout(within):
        while (found := await look()) is None:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_EVERY_S)
    return found


async def finish(work: Awaitable[T], clock: ManualClock) -> T:
    """The work's result; whatever it has to wait for comes at once."""
    task = asyncio.ensure_future(work)
    while not task.done():
        await wait_until(lambda: task.done() or clock.sleepers)
        if clock.sleepers:
            await clock.advance(0.5)
    return task.result()


def wait_in_thread_until(
    condition: Callable[[], T],
    within: float = PATIENCE_S,
    what: str = "the condition holds",
    every: float = _LOOK_EVERY_S,
) -> T:
    """The same where no loop runs; what the condition gave. AssertionError with `what` after the deadline."""
    deadline = time.monotonic() + within
    while not (value := condition()):
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {within:g} s: {what}")
        time.sleep(every)
    return value
