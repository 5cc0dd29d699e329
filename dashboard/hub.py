"""One per web process: reads what its clients listen to, and lets go of it at most ten times a second."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Set
from functools import partial
from typing import Final, NamedTuple

from dashboard.audience import Interest
from dashboard.delivery import Delivery
from dashboard.manner import Manner
from dashboard.outbox import Outbox
from dashboard.protocol.answers import TICK, Tick
from dashboard.protocol.commands import Place
from dashboard.protocol.message import encoded
from dashboard.pulse import BROKEN, Pulse, Source, Wanted
from feeds.clock import Clock

BEAT_EVERY: Final = 0.025
# What changes after a quiet moment goes at once; then so often, and always the last (B-14).
FLUSH_EVERY: Final = 0.1
# What comes by the clock waits so long for something else: a flush of its own would make the next price wait.
PATIENCE: Final = 0.2
TICK_EVERY: Final = 1.0
# Each client has its turn in that second: the answers of all at once would hold up the next price.
TURNS: Final = 10

logger = logging.getLogger(__name__)


class SourceName(NamedTuple):
    """`room` says what is read; `feed` of which feed, "" where it is of none; `manner` how its texts are written.

    One reading for each manner in use: a message is encoded once for all who hear it.
    """

    room: str
    feed: str = ""
    manner: Manner = Manner()


class Hub:
    """`open_source` opens what is read under a name, for as long as somebody listens to it."""

    def __init__(self, clock: Clock, open_source: Callable[[SourceName, Delivery, Wanted], Source]) -> None:
        self.delivery = Delivery(clock)
        self._clock = clock
        self._open_source = open_source
        self._pulses: dict[SourceName, Pulse] = {}
        self._sources: dict[Outbox, set[SourceName]] = {}
        self._turns: list[set[Outbox]] = [set() for _ in range(TURNS)]
        self._task: asyncio.Task[None] | None = None
        self._flushed_at = self._due_at = self._ticked_at = float("-inf")
        self._is_filled = self._is_urgent = False

    def subscribe(self, outbox: Outbox, name: SourceName, wanted: Mapping[Interest, Place | None]) -> set[Interest]:
        """The state, then what changes. Returned are those of which exactly what came after the place follows.

        Who wants nothing of it yet gets ticks.
        """
        if outbox not in self._sources:
            min(self._turns, key=len).add(outbox)
        sources = self._sources.setdefault(outbox, set())
        recovered: set[Interest] = set()
        if wanted:
            sources.add(name)
            recovered = self._pulse(name).add(outbox, wanted)
        outbox.flush()
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="dashboard hub")
            self._task.add_done_callback(self._end)
        return recovered

    async def state(self, wanted: Mapping[SourceName, Set[Interest]], within: float) -> list[str]:
        """What a subscription would begin with, as frames. Waits so long for what nobody wanted before.

        Whoever asks again soon finds it read meanwhile, as if they listened.
        """
        until = self._clock.monotonic() + within
        asked = [(self._pulse(name), interests) for name, interests in wanted.items()]
        new = [(pulse, pulse.ask(interests)) for pulse, interests in asked]
        while self._clock.monotonic() < until and not all(pulse.knows(interests) for pulse, interests in new):
            await self._clock.sleep(BEAT_EVERY)
        outbox = Outbox()
        outbox.put(TICK, encoded(Tick(now=self._clock.now())))
        for pulse, interests in asked:
            pulse.tell(outbox, interests)
        return await outbox.taken()

    def unsubscribe(self, outbox: Outbox, name: SourceName, interests: Iterable[Interest]) -> None:
        if pulse := self._pulses.get(name):
            pulse.remove(outbox, interests)

    def leave(self, outbox: Outbox) -> None:
        """Nothing more for this one."""
        for name in self._sources.pop(outbox, ()):
            if pulse := self._pulses.get(name):
                pulse.leave(outbox)
        for turn in self._turns:
            turn.discard(outbox)

    def _pulse(self, name: SourceName) -> Pulse:
        if name not in self._pulses:
            opened, ended = partial(self._open_source, name, self.delivery), partial(self._pulses.pop, name)
            self._pulses[name] = Pulse(self._clock, opened, self._filled, ended)
        return self._pulses[name]

    async def _run(self) -> None:
        try:
            while self._sources:
                left = self._next_at() - self._clock.monotonic()
                await self._clock.sleep(min(left, BEAT_EVERY) if self._is_filled else BEAT_EVERY)
                self._tick()
                self._flush()
        finally:
            self._task = None

    def _tick(self) -> None:
        now, every = self._clock.monotonic(), TICK_EVERY / TURNS
        if now - self._ticked_at < every:
            return
        self._ticked_at = max(self._ticked_at + every, now - every)
        tick = Tick(now=self._clock.now())
        text = encoded(tick)
        self._turns.append(turn := self._turns.pop(0))
        for outbox in turn:
            outbox.put(tick.key, text)
        self._is_filled |= bool(turn)

    def _filled(self, is_urgent: bool) -> None:
        """Something waits: it goes now, or as soon as it may."""
        self._is_filled = True
        self._is_urgent |= is_urgent
        self._flush()

    def _next_at(self) -> float:
        return self._due_at if self._is_urgent else self._flushed_at + PATIENCE

    def _flush(self) -> None:
        now = self._clock.monotonic()
        if not self._is_filled or now < self._next_at():
            return
        if self._is_urgent:
            # In step: where each waited for the one before, all would be later and later, by up to the whole distance.
            is_in_step = now < self._due_at + FLUSH_EVERY
            self._due_at = (self._due_at if is_in_step else now) + FLUSH_EVERY
        self._is_filled = self._is_urgent = False
        self._flushed_at = now
        for outbox in self._sources:
            outbox.flush()

    def _end(self, task: asyncio.Task[None]) -> None:
        """Without ticks and flushes nobody hears anything: they come back, and the first one starts it again."""
        if task.cancelled() or not (error := task.exception()):
            return
        logger.error("the hub of the dashboard ended", exc_info=error)
        for outbox in self._sources:
            outbox.close(*BROKEN)
