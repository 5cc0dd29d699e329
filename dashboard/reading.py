"""A reading of the database beside a loop, which goes on without waiting for it."""

import asyncio
import logging
from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

from channels.db import database_sync_to_async
from django.db import Error

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)


class Reading(Generic[T]):
    """One at a time, inside one asyncio loop."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._task: asyncio.Task[T] | None = None

    @property
    def is_begun(self) -> bool:
        """Whether there is something to be taken, now or later."""
        return self._task is not None

    def begin(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> None:
        # On a thread of its own: the one that all share answers logins.
        reading = database_sync_to_async(read, thread_sensitive=False)
        self._task = asyncio.create_task(reading(*args, **kwargs), name=f"dashboard {self._what}")

    def take(self) -> T | None:
        """What was read, once; None while it is not there, and where the database did not answer."""
        if self._task is None or not self._task.done():
            return None
        task, self._task = self._task, None
        try:
            return task.result()
        except Error:
            logger.warning("the database did not answer; the page stays with the %s it knows", self._what)
            return None

    async def wait(self) -> None:
        """Until it is read. A thread cannot be cancelled."""
        if self._task:
            await asyncio.wait([self._task])
