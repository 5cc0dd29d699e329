"""One reader of Redis per web process and feed, shared by all its browsers. Each message is encoded once."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Final

from dashboard import messages
from dashboard.delivery import Delivery
from dashboard.messages import Message, Tick
from dashboard.outbox import Outbox
from dashboard.parts import AlertLine
from dashboard.reader import Reader
from dashboard.uptime import UptimeReader
from feeds.clock import Clock
from feeds.storage.live import LiveStore

BEAT_EVERY: Final = 0.1
RETRY_EVERY: Final = 0.5
TICK_EVERY: Final = 1.0
BROKEN: Final = (1011, "the live feed of this server broke; connect again")

# What is wrong below the feeds, as it is known at this moment: nobody waits for it.
Notes = Callable[[], list[AlertLine]]

logger = logging.getLogger(__name__)


class Hub:
    """Starts reading with the first browser, in its loop, and stops with the last."""

    def __init__(self, clock: Clock, feed: str = "", notes: Notes = list) -> None:
        self._clock = clock
        self._feed = feed
        self._notes = notes
        self.delivery = Delivery(clock)
        self._outboxes: set[Outbox] = set()
        self._reader: Reader | None = None
        self._task: asyncio.Task[None] | None = None
        self._ticked_at = float("-inf")

    def join(self, instrument: str = "") -> Outbox:
        """An outbox that is filled with the whole state, at once or as soon as it is read, then with changes."""
        outbox = Outbox(instrument)
        if self._reader:
            _put([outbox], self._reader.board.whole(self._clock.now()))
        self._outboxes.add(outbox)
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="dashboard hub")
            self._task.add_done_callback(self._end)
        return outbox

    def leave(self, outbox: Outbox) -> None:
        self._outboxes.discard(outbox)

    @property
    def is_deserted(self) -> bool:
        return not self._outboxes

    async def _run(self) -> None:
        store, uptime = LiveStore(), UptimeReader(self._clock)
        reader = Reader(store, self._clock, self._feed)
        try:
            await self._beat(reader, uptime)
            self._reader = reader
            # Not ended by cancellation, which asgiref may swallow when it comes during a database call.
            while self._outboxes:
                is_up = reader.board.health.redis == "up"
                await self._clock.sleep(BEAT_EVERY if is_up else RETRY_EVERY)
                await self._beat(reader, uptime)
        finally:
            self._task = self._reader = None
            await store.close()
            await reader.close()
            await uptime.close()

    async def _beat(self, reader: Reader, uptime: UptimeReader) -> None:
        """Reads once and hands out what changed."""
        changed = await reader.changes()
        changed += reader.board.take_notes(self._notes())
        if (lines := uptime.take(reader.board.feed)) is not None:
            changed += reader.board.take_uptime(lines)
        if self._clock.monotonic() - self._ticked_at >= TICK_EVERY:
            self._ticked_at = self._clock.monotonic()
            changed += [*reader.board.take_latency(self.delivery.delays()), Tick(now=self._clock.now())]
        _put(self._outboxes, changed)
        self.delivery.handed(changed)

    def _end(self, task: asyncio.Task[None]) -> None:
        """A broken reader closes its browsers' sockets: they come back, and the first one starts a new reader."""
        if task.cancelled() or not (error := task.exception()):
            return
        logger.error("the reader of the dashboard ended", exc_info=error)
        for outbox in self._outboxes:
            outbox.close(*BROKEN)


class Hubs:
    """The hubs of a process: one for each feed that somebody looks at."""

    def __init__(self, clock: Clock, notes: Notes = list) -> None:
        self._clock = clock
        self._notes = notes
        self._hubs: dict[str, Hub] = {}

    def join(self, feed: str, instrument: str) -> tuple[Hub, Outbox]:
        hub = self._hubs.setdefault(feed, Hub(self._clock, feed, self._notes))
        return hub, hub.join(instrument)

    def leave(self, hub: Hub, outbox: Outbox) -> None:
        """Forgets a hub with its last browser: feeds may be asked for by any name."""
        hub.leave(outbox)
        self._hubs = {feed: each for feed, each in self._hubs.items() if not each.is_deserted}


def _put(outboxes: Iterable[Outbox], changed: Iterable[Message]) -> None:
    encoded = [(message.about, message.topic, messages.encoded(message)) for message in changed]
    for outbox in outboxes:
        for about, topic, text in encoded:
            if outbox.wants(about):
                outbox.put(topic, text)
