"""Waiting for what nobody announces: real processes, sockets and threads."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from tests.clock import ManualClock

T = TypeVar("T")

PATIENCE_S: Final = 5.0
_LOOK_EVERY_S: Final = 0.005


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
    condition: Callable[[], T], within: float = PATIENCE_S, what: str = "the condition holds"
) -> T:
    """The same where no loop runs; what the condition gave. AssertionError with `what` after the deadline."""
    deadline = time.monotonic() + within
    while not (value := condition()):
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {within:g} s: {what}")
        time.sleep(_LOOK_EVERY_S)
    return value
