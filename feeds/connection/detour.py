"""What the venue of the hour refuses, followed at the next ones for as long as its session lasts."""

import asyncio
import logging
from collections.abc import Callable, Collection
from typing import Protocol

from feeds.queries import FeedPlan

logger = logging.getLogger(__name__)


class Follower(Protocol):
    """A line, as far as a detour knows it."""

    def stop(self) -> None: ...

    def adopt(self, plan: FeedPlan) -> None: ...

    async def follow(self) -> None: ...


class Detour:
    """At most one line beside the leading one, for all instruments that were lost to it."""

    def __init__(self, make_line: Callable[[FeedPlan], Follower]) -> None:
        self._make_line = make_line
        self._refusing = ""
        self._lost: frozenset[str] = frozenset()
        self._line: Follower | None = None
        # Those that are ending are among them: nobody waits for their goodbyes before the next venue is asked.
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, plan: FeedPlan, refusing: str, instruments: Collection[str]) -> None:
        """Follows these instruments, at any venue of the plan but the refusing one."""
        self._refusing, self._lost = refusing, frozenset(instruments)
        if self._line is not None:
            self.adopt(plan)
            return
        self._line = self._make_line(self._part(plan))
        task = asyncio.create_task(self._line.follow())
        self._tasks.add(task)
        task.add_done_callback(self._note_end)

    def adopt(self, plan: FeedPlan) -> None:
        """Takes over what an admin changed."""
        if self._line is not None:
            self._line.adopt(self._part(plan))

    def stop(self) -> None:
        """Lets the line leave politely; `finish` waits for it."""
        if self._line is not None:
            self._line.stop()

    def end(self) -> None:
        """The detour is over: the next venue is asked for everything again."""
        self.stop()
        self._line = None

    async def finish(self) -> None:
        """Ends, and waits until every line has left."""
        self.end()
        try:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        finally:
            for task in self._tasks:
                task.cancel()

    def _part(self, plan: FeedPlan) -> FeedPlan:
        return plan.part(self._lost, without=self._refusing)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        """A line that fails takes nobody with it: the leading one goes on."""
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("a detour failed", exc_info=task.exception())
