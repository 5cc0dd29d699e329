"""One reading loop per web process for whatever browsers share. Each message is encoded once."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Final, Protocol

from dashboard import messages
from dashboard.messages import Message, Tick
from dashboard.outbox import Outbox
from feeds.clock import Clock

BEAT_EVERY: Final = 0.1
RETRY_EVERY: Final = 0.5
TICK_EVERY: Final = 1.0
BROKEN: Final = (1011, "the live feed of this server broke; connect again")

logger = logging.getLogger(__name__)


class Source(Protocol):
    """What is read, beat by beat. `whole` is everything that is known, for a browser that joins."""

    @property
    def is_up(self) -> bool: ...

    async def changes(self) -> list[Message]: ...

    def each_second(self) -> list[Message]: ...

    def whole(self) -> list[Message]: ...

    def handed(self, changed: list[Message]) -> None: ...

    async def close(self) -> None: ...


class Pulse:
    """Starts reading with the first browser, in its loop, and stops with the last."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.outboxes: set[Outbox] = set()
        self._source: Source | None = None
        self._task: asyncio.Task[None] | None = None
        self._ticked_at = float("-inf")

    def open_source(self) -> Source:
        """What is read from now on, until the last browser leaves. Override this."""
        raise NotImplementedError

    def add(self, outbox: Outbox) -> None:
        """Fills it with the whole state, at once or as soon as it is read, then with changes."""
        self.fill(outbox)
        self.outboxes.add(outbox)
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="dashboard hub")
            self._task.add_done_callback(self._end)

    def fill(self, outbox: Outbox) -> None:
        if self._source:
            _put([outbox], self._source.whole())

    def leave(self, outbox: Outbox) -> None:
        self.outboxes.discard(outbox)

    @property
    def is_deserted(self) -> bool:
        return not self.outboxes

    async def _run(self) -> None:
        source = self.open_source()
        try:
            await self._beat(source)
            self._source = source
            # Not ended by cancellation, which asgiref may swallow when it comes during a database call.
            while self.outboxes:
                await self.clock.sleep(BEAT_EVERY if source.is_up else RETRY_EVERY)
                await self._beat(source)
        finally:
            self._task = self._source = None
            await source.close()

    async def _beat(self, source: Source) -> None:
        """Reads once and hands out what changed."""
        changed = await source.changes()
        if self.clock.monotonic() - self._ticked_at >= TICK_EVERY:
            self._ticked_at = self.clock.monotonic()
            changed += [*source.each_second(), Tick(now=self.clock.now())]
        _put(self.outboxes, changed)
        source.handed(changed)

    def _end(self, task: asyncio.Task[None]) -> None:
        """A broken reader closes its browsers' sockets: they come back, and the first one starts a new reader."""
        if task.cancelled() or not (error := task.exception()):
            return
        logger.error("the reader of the dashboard ended", exc_info=error)
        for outbox in self.outboxes:
            outbox.close(*BROKEN)


def _put(outboxes: Iterable[Outbox], changed: Iterable[Message]) -> None:
    encoded = [(message.about, message.topic, messages.encoded(message)) for message in changed]
    for outbox in outboxes:
        for about, topic, text in encoded:
            if outbox.wants(about):
                outbox.put(topic, text)
