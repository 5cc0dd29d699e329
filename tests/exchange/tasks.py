"""Background tasks that cannot fail in silence."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable


def start(work: Coroutine[None, None, None]) -> asyncio.Task[None]:
    """Run it in the background; a mistake in a dialect is logged when it happens, not at the end."""
    task = asyncio.get_running_loop().create_task(work)
    task.add_done_callback(_report)
    return task


async def stop(tasks: Iterable[asyncio.Task[None]]) -> None:
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _report(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error:
        context = {"message": "A part of the replay exchange failed.", "exception": error}
        task.get_loop().call_exception_handler(context)
