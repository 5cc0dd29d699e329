"""One connection to a venue: open, subscribe, answer its pings, watch for silence, close. Never reconnects."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Final

import msgspec

from feeds.clock import Clock
from feeds.connection.entrance import enter
from feeds.connection.socket import Socket
from feeds.connection.stall import SessionTiming, Vigil
from feeds.errors import (
    MAX_EXCERPT,
    BadFrame,
    ConnectFailed,
    Replaced,
    SessionEnded,
    SubscriptionRefused,
    SymbolRefused,
)
from feeds.tally import FRAME_BYTES, FRAMES, TALLY
from feeds.types import Event, Pong, Quote, Refused, Reply, Subscribed, Trade, Welcome
from feeds.venues import Venue
from feeds.venues.base import Request

logger = logging.getLogger(__name__)

_DATA: Final = (Trade, Quote)


class Received(msgspec.Struct, frozen=True):
    """What one frame said, or why it could not be understood and how it begins; and the symbols that were lost.

    `is_connected`: all that is still wanted is acknowledged, and data has come. The first one of a session has no
    events: it says that the connection is open.
    """

    events: list[Event]
    received_at: datetime
    is_connected: bool = False
    has_data: bool = False
    bad_frame: BadFrame | None = None
    frame: bytes = b""
    lost: tuple[SymbolRefused, ...] = ()


async def listen(
    venue: Venue,
    url: str,
    symbols: Iterable[str],
    timing: SessionTiming,
    clock: Clock,
    leave: asyncio.Future[str],
) -> AsyncGenerator[Received, None]:
    """Everything that a venue says over one connection, until it ends: always by a SessionEnded.

    To leave without losing anything, set the reason on `leave`: what the venue sent before it saw our close frame
    still comes. To cut it, set the SessionEnded on it as an exception. Consume it inside `contextlib.aclosing`;
    breaking off closes too, but drops what waits.
    """
    endpoint, socket = await enter(venue, url, timing, clock)
    session = _Session(venue, socket, set(symbols), replace(timing, ping_every=endpoint.ping_every), clock)
    beside = [asyncio.create_task(each) for each in (session.ask(), session.watch(), _close_on(leave, socket))]
    for task in beside:
        task.add_done_callback(partial(_end_if_failed, socket))
    try:
        yield Received([], clock.now())
        while True:
            yield await session.receive()
    except SessionEnded as error:
        if leave.done():
            raise leave.exception() or Replaced(leave.result()) from error
        raise session.verdict or error from error
    finally:
        for task in beside:
            task.cancel()
        await socket.close()


def _end_if_failed(socket: Socket, task: asyncio.Task[None]) -> None:
    """Without its watch a session would go on blindly."""
    if not task.cancelled() and task.exception() is not None:
        logger.error("a session is cut, because a part of it failed", exc_info=task.exception())
        socket.abort()


async def _close_on(leave: asyncio.Future[str], socket: Socket) -> None:
    await asyncio.wait([leave])
    if leave.exception() is not None:
        socket.abort()
    await socket.close()


@dataclass
class _Session:
    """`ask` and `watch` run beside the reader. `verdict` says why the line was cut, where it was us."""

    venue: Venue
    socket: Socket
    symbols: set[str]
    timing: SessionTiming
    clock: Clock
    verdict: SessionEnded | None = None
    _requests: dict[str, Request] = field(init=False)
    _vigil: Vigil = field(init=False)
    _may_ask: asyncio.Event = field(default_factory=asyncio.Event)
    _lost: list[SymbolRefused] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._requests = {each.key: each for each in self.venue.subscribe(sorted(self.symbols), self.clock.now())}
        wanted = {key: request.symbol for key, request in self._requests.items()}
        self._vigil = Vigil(self.timing, self.clock.monotonic(), set(self.symbols), wanted)
        if not self.venue.waits_for_welcome:
            self._may_ask.set()

    async def ask(self) -> None:
        """Sends every request, while the answers to the first ones come."""
        await self._may_ask.wait()
        for request in self._requests.values():
            await self.socket.send(request.text)
            self._vigil.asked(self.clock.monotonic())

    async def receive(self) -> Received:
        frame = await self.socket.receive()
        received_at = self.clock.now()
        TALLY.add(FRAMES, self.venue.code)
        TALLY.add(FRAME_BYTES, self.venue.code, count=len(frame))
        try:
            events = self.venue.parse(frame)
        except BadFrame as error:
            return Received([], received_at, self._vigil.is_connected, bad_frame=error, frame=frame[:MAX_EXCERPT])
        has_data = False
        for event in events:
            if isinstance(event, _DATA):
                self._vigil.data_came(self.clock.monotonic(), event.symbol)
                has_data = True
            else:
                await self._obey(event)
        return Received(events, received_at, self._vigil.is_connected, has_data, lost=self._take_lost())

    async def watch(self) -> None:
        """Ends a session that went quiet, gives up symbols that did, and pings."""
        while True:
            await self.clock.sleep(max(0.0, self._vigil.next_check() - self.clock.monotonic()))
            now = self.clock.monotonic()
            for missing in self._vigil.missing(now):
                self._lose(missing)
            self.verdict = self._vigil.overdue(now)
            if self.verdict is not None:
                self.socket.abort()
                return
            if self._vigil.is_ping_due(now):
                await self._ping(now)

    async def _ping(self, now: float) -> None:
        if not self.socket.may_send():
            self._vigil.put_ping_off(now)
            return
        self._vigil.ping_sent(now)
        text = self.venue.ping(self.clock.now())
        if text is None:
            await self.socket.ping(self._vigil.pong_came)
        else:
            await self.socket.send(text)

    async def _obey(self, event: Event) -> None:
        match event:
            case Subscribed(key):
                self._vigil.acknowledged(key)
            case Pong():
                self._vigil.pong_came()
            case Reply(text):
                await self.socket.answer(text)
            case Welcome():
                self._may_ask.set()
            case Refused():
                self._refuse(event)

    def _refuse(self, refused: Refused) -> None:
        """A refusal of one symbol leaves the others alone; any other one is about the whole session."""
        if not self._may_ask.is_set():
            raise ConnectFailed(f"the venue refused the connection: {refused.text}")
        request = self._requests.get(refused.key)
        symbol = refused.symbol or (request.symbol if request else "")
        if not self._vigil.symbols - {symbol} or symbol not in self.symbols:
            raise SubscriptionRefused(f"the venue refused the subscription: {refused.text}")
        if symbol in self._vigil.symbols:
            self._lose(SymbolRefused(symbol, refused.text))

    def _lose(self, missing: SymbolRefused) -> None:
        self._vigil.forget(missing.symbol)
        self._lost.append(missing)

    def _take_lost(self) -> tuple[SymbolRefused, ...]:
        lost, self._lost = tuple(self._lost), []
        return lost
