"""Reads one source again and again for whoever listens to it. Each message is encoded once."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Set
from contextlib import suppress
from typing import Final, Protocol

from dashboard.archive import Archive
from dashboard.asked import Asked
from dashboard.audience import Audience, Interest, is_wanted
from dashboard.outbox import Outbox
from dashboard.protocol import codes
from dashboard.protocol.commands import Place
from dashboard.protocol.message import Event, Message, encoded
from dashboard.window import KEPT_S
from feeds.clock import Clock

RETRY_EVERY: Final = 0.5
OFFSETS_EVERY: Final = 5.0
# Reading goes on for so long without a listener: one who was cut off comes back and misses nothing.
LINGER: Final = KEPT_S
# Who listens to a source that broke is told only when it is closed, and it may wait for a database that hangs.
CLOSE_WITHIN: Final = 2.0
BROKEN: Final = (codes.BROKEN, "The live feed of this server broke. Connect again.")

logger = logging.getLogger(__name__)


class Source(Protocol):
    """What is read, every `every_s`. `whole` is everything that is known, for a client that joins; what of it are
    events is marked as a snapshot, and so is what `changes` tells after it may have missed some.
    """

    @property
    def every_s(self) -> float: ...

    @property
    def feed(self) -> str:
        """Which one it tells of, "" for what is of none."""
        ...

    @property
    def is_up(self) -> bool: ...

    async def changes(self) -> list[Message]: ...

    def whole(self) -> list[Message]: ...

    def handed(self, changed: list[Message]) -> None: ...

    async def close(self) -> None: ...


# What anybody wants to hear of a source, at the moment of asking.
Wanted = Callable[[], frozenset[Interest]]


class Pulse:
    """Of one source. Reads from its first listener on, in its loop, until a minute after the last; then it is over.

    `filled` is called after something was put into outboxes, with whether that is urgent; `ended` when it is over.
    """

    def __init__(
        self,
        clock: Clock,
        open_source: Callable[[Wanted], Source],
        filled: Callable[[bool], None],
        ended: Callable[[], object],
    ) -> None:
        self._clock = clock
        self._open_source = open_source
        self._filled, self._ended = filled, ended
        self._audience, self._asked = Audience(), Asked(clock)
        self._archive = Archive(clock)
        # None before the first reading: then everybody gets everything.
        self._source: Source | None = None
        self._task: asyncio.Task[None] | None = None
        self._offsets_at = self._left_at = clock.monotonic()

    def add(self, outbox: Outbox, wanted: Mapping[Interest, Place | None]) -> set[Interest]:
        """Fills it with the state, at once or as soon as it is read, then with changes.

        Where a place is told and known, it gets exactly the events since then, and this interest is returned.
        """
        # Half of the room is for what comes meanwhile.
        missed = self._archive.missed(wanted, outbox.room // 2)
        if new := wanted.keys() - missed.keys():
            self._fill(outbox, new, missed.keys())
        for texts in missed.values():
            for text in texts:
                outbox.put("", text)
        self._audience.add(outbox, wanted)
        self._begin()
        return set(missed)

    def ask(self, interests: Set[Interest]) -> Set[Interest]:
        """Reads of these for some seconds, as if somebody listened. Returned are those that nobody wanted before."""
        new = interests - self._wanted()
        self._asked.note(interests)
        self._begin()
        return new

    def knows(self, interests: Set[Interest]) -> bool:
        """Whether there is something to be told of each of these; of none, whether anything was read yet."""
        if self._source is None:
            return False
        known = {Interest(message.kind, message.about) for message in self._source.whole() if message.kind}
        kinds = {interest.kind for interest in known}
        return all(interest in known or (not interest.about and interest.kind in kinds) for interest in interests)

    def tell(self, outbox: Outbox, interests: Set[Interest]) -> None:
        """Fills it with the state of these, and with nothing after that."""
        self._fill(outbox, interests, frozenset())

    def remove(self, outbox: Outbox, interests: Iterable[Interest]) -> None:
        self._audience.remove(outbox, interests)

    def leave(self, outbox: Outbox) -> None:
        self._audience.leave(outbox)

    def _fill(self, outbox: Outbox, new: Set[Interest], recovered: Set[Interest]) -> None:
        """A snapshot voids all states that a client had of the source, so those come again; of events only new ones."""
        for message in self._source.whole() if self._source else ():
            if isinstance(message, Event):
                of = Interest(message.kind, message.about)
                if is_wanted(*of, new) and of not in recovered:
                    outbox.put("", self._archive.snapshot(message))
            elif is_wanted(message.kind, message.about, self._audience.interests(outbox) | new):
                outbox.put(message.key, encoded(message))

    def _begin(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="dashboard pulse")
            self._task.add_done_callback(self._end)

    def _wanted(self) -> frozenset[Interest]:
        return self._audience.wanted() | self._asked.interests()

    async def _run(self) -> None:
        source: Source | None = None
        try:
            source = self._open_source(self._wanted)
            await self._beat(source)
            self._source = source
            # Not ended by cancellation, which asgiref may swallow when it comes during a database call.
            while self._is_wanted():
                await self._clock.sleep(source.every_s if source.is_up else RETRY_EVERY)
                await self._beat(source)
        finally:
            self._ended()
            if source:
                with suppress(TimeoutError):
                    async with asyncio.timeout(CLOSE_WITHIN):
                        await source.close()

    def _is_wanted(self) -> bool:
        now = self._clock.monotonic()
        if self._wanted():
            self._left_at = now
        return now - self._left_at < LINGER

    async def _beat(self, source: Source) -> None:
        """Reads once and hands out what changed."""
        changed = await source.changes()
        for message in changed:
            self._hand_out(message)
        if changed:
            self._filled(any(message.is_urgent for message in changed))
        if self._clock.monotonic() - self._offsets_at >= OFFSETS_EVERY:
            self._tell_offsets(source.feed)
        source.handed(changed)

    def _hand_out(self, message: Message) -> None:
        listeners = self._audience.listeners(message.kind, message.about)
        # An event also without a listener: one may come back for it.
        if isinstance(message, Event):
            text = self._archive.news(message)
        elif listeners:
            text = encoded(message)
        for outbox in listeners:
            outbox.put(message.key, text)

    def _tell_offsets(self, feed: str) -> None:
        self._offsets_at = self._clock.monotonic()
        self._archive.tidy()
        for place in self._archive.offsets(feed):
            text = encoded(place)
            for outbox in self._audience.listeners(place.topic, place.about):
                outbox.put(place.key, text)
        self._filled(False)

    def _end(self, task: asyncio.Task[None]) -> None:
        """A broken reader closes its clients' sockets: they come back, and the first one starts a new reader."""
        if task.cancelled() or not (error := task.exception()):
            return
        logger.error("a reader of the dashboard ended", exc_info=error)
        for outbox in self._audience.everybody():
            outbox.close(*BROKEN)
