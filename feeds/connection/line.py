"""One session of a feed: what comes goes to the intake, and what it means to the supervisor.

An instrument list that is too long for one connection is shared out over several: they begin and end together.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from structlog.contextvars import bind_contextvars

from feeds.clock import Clock
from feeds.connection.events import Announced, Connected, Ended, Event, Lost, Opened, PutOff
from feeds.connection.intake import Intake
from feeds.connection.ledger import Ledger
from feeds.connection.session import Received, listen
from feeds.connection.stall import SessionTiming
from feeds.errors import SessionEnded, Silent, printable
from feeds.queries import VenuePlan
from feeds.storage.allowance import BAN, CONNECT, Allowance
from feeds.types import Notice
from feeds.venues import REGISTRY

# The feed judges silence itself, because it knows what the other venues hear.
_NEVER: Final = float("inf")


@dataclass(frozen=True)
class Around:
    """What every line works with. `hear` takes what the supervisor has to know."""

    intake: Intake
    ledger: Ledger
    allowance: Allowance
    clock: Clock
    hear: Callable[[Event], None]


class Line:
    """One session. Tells `hear` first whether it came about, and last that it ended, whatever happens."""

    def __init__(self, number: int, venue: VenuePlan, attempt: int, around: Around) -> None:
        self._number = number
        self._venue = venue
        self._url = venue.urls[attempt % len(venue.urls)]
        self._around = around
        self._hear = around.hear
        self._leave: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._parts = venue.parts()
        self._open = 0
        self._is_missed = True
        self._unconnected = set(range(len(self._parts)))

    def leave(self, reason: str, *, is_missed: bool = False) -> None:
        """Says goodbye; what the venue had sent before it heard of it still comes.

        `is_missed`: what it tells afterwards is a gap that is to be filled, and none of our choice.
        """
        if not self._leave.done():
            self._is_missed = is_missed
            self._leave.set_result(reason)

    def cut(self, reason: str) -> None:
        """Hangs up on a venue that says nothing."""
        if not self._leave.done():
            self._leave.set_exception(Silent(reason))
            # Seen: a session that ends by itself meanwhile does not ask for it.
            self._leave.exception()

    async def run(self) -> None:
        # Of a task of its own: the lines of the log say which session they are about.
        bind_contextvars(venue=self._venue.code, session=self._number)
        if not await self._may_connect():
            return
        try:
            await self._listen()
        except SessionEnded as error:
            self._around.ledger.ended(self._number, self._venue.code, printable(str(error)), self._is_missed)
            seconds = await self._around.allowance.cool_off(self._venue.code, error)
            self._hear(Ended(self._number, error, seconds, _chance()))

    async def _may_connect(self) -> bool:
        """Whether the venue's limits allow it now, for all workers together."""
        allowance, venue = self._around.allowance, self._venue
        wait = await allowance.ask(venue.code, CONNECT, venue.connects, len(self._parts))
        if wait > 0:
            reason = await allowance.wish(venue.code)
            text = reason or "its limit of connections is reached"
            self._hear(PutOff(self._number, wait, text, is_ban=reason.startswith(BAN)))
        return wait == 0

    async def _listen(self) -> None:
        """Every part until the first one ends; told to leave, until the last one did. Always ends by a SessionEnded."""
        tasks = [asyncio.create_task(self._listen_to(part, index)) for index, part in enumerate(self._parts)]
        try:
            done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            if pending and self._leave.done():
                await asyncio.wait(pending)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def _listen_to(self, part: dict[str, str], index: int) -> None:
        venue = self._venue
        timing = SessionTiming(silent_after=_NEVER, ping_every=venue.ping_every, messages=venue.messages)
        session = listen(REGISTRY[venue.code], self._url, part, timing, self._around.clock, self._leave)
        async with aclosing(session) as frames:
            await anext(frames)
            self._note_open()
            async for received in frames:
                await self._take(received, index)

    def _note_open(self) -> None:
        self._open += 1
        if self._open == len(self._parts):
            self._hear(Opened(self._number, _chance()))

    async def _take(self, received: Received, index: int) -> None:
        for refused in received.lost:
            instrument = self._venue.instruments[refused.symbol]
            self._hear(Lost(self._number, instrument, printable(str(refused))))
        for event in received.events:
            if isinstance(event, Notice) and event.is_closing:
                self._hear(Announced(self._number, printable(event.text)))
        for heard in await self._around.intake.take(received, self._venue, self._number):
            self._hear(heard)
        if received.is_connected and index in self._unconnected:
            await self._connect(index)

    async def _connect(self, index: int) -> None:
        self._unconnected.discard(index)
        if not self._unconnected:
            self._hear(Connected(self._number))
            await self._around.allowance.forgive(self._venue.code)


def _chance() -> float:
    """Jitter spreads what many workers do; it is no secret."""
    return random.random()  # noqa: S311
