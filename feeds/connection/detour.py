"""What the venue of the hour refuses, followed at the next ones for as long as its session lasts."""

import asyncio
from collections.abc import Callable, Collection
from typing import Protocol

from feeds.queries import FeedPlan


class Follower(Protocol):
    """A line, as far as a detour knows it."""

    def stop(self) -> None: ...

    def adopt(self, plan: FeedPlan) -> None: ...

    async def follow(self) -> None: ...


class Detour:
    """At most one line beside the leading one, for all instruments that were lost to it."""

    def __init__(self, make_line: Callable[[FeedPlan], Follower]) -> None:
        self._make_line = make_line
        self._lost: set[str] = set()
        self._line: Follower | None = None
        self._task: asyncio.Task[None] | None = None

    def add(self, plan: FeedPlan, refusing: str, instruments: Collection[str]) -> None:
        """Follows these instruments as well, at any venue of the plan but the refusing one."""
        self._lost |= set(instruments)
        part = plan.part(self._lost, without=refusing)
        if self._line is None:
            self._line = self._make_line(part)
            self._task = asyncio.create_task(self._line.follow())
        else:
            self._line.adopt(part)

    def stop(self) -> None:
        """Lets the line leave politely; `finish` waits for it."""
        if self._line is not None:
            self._line.stop()

    async def finish(self) -> None:
        """The detour is over: the next venue is asked for everything again."""
        self.stop()
        task, self._task, self._line = self._task, None, None
        self._lost.clear()
        if task is None:
            return
        try:
            await task
        finally:
            task.cancel()
