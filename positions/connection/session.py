"""One private connection: open, log in, subscribe, ping, and all the venue says until the end. Never reconnects."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import msgspec

from feeds.clock import Clock
from feeds.connection.socket import Socket, open_socket
from feeds.connection.stall import SessionTiming, Vigil
from feeds.errors import MAX_EXCERPT, BadFrame, ClosedByVenue, NotAcknowledged, Replaced, SessionEnded
from positions.connection.condition import LineState
from positions.keys.credentials import Credentials
from positions.types import AccountEvent, LoggedIn, Pong, Refused, Subscribed
from positions.venues.bitget_codes import refusal
from positions.venues.bitget_dialect import Dialect

logger = logging.getLogger(__name__)

# Silence is normal on a quiet account: who listens asks REST instead. The venue wants a ping every 30 s at least.
TIMING: Final = SessionTiming(silent_after=float("inf"), ping_every=25.0, connected_within=5.0)
_LOGIN: Final = "login"


class Heard(msgspec.Struct, frozen=True):
    """What one frame said, or why it could not be understood; the first one of a session is no frame, but its opening.

    `state` is how far the session has come: `authenticating`, `subscribing`, or `connected` once the venue
    acknowledged every channel.
    """

    events: list[AccountEvent]
    received_at: datetime
    state: LineState
    frame: bytes = b""
    bad_frame: BadFrame | None = None


@dataclass(frozen=True)
class Entrance:
    """Where one account is let in. `skew` is how many seconds the venue's clock is ahead of ours."""

    dialect: Dialect
    url: str
    credentials: Credentials
    skew: float
    # Seconds after which it is left for a new one, before the venue cuts it.
    life: float


async def listen(entrance: Entrance, timing: SessionTiming, clock: Clock) -> AsyncGenerator[Heard, None]:
    """Everything that the venue says over one connection, until it ends: always by a SessionEnded.

    Consume it inside `contextlib.aclosing`; breaking off closes politely.
    """
    socket = await open_socket(entrance.url, timing, clock)
    session = _Session(entrance, socket, timing, clock)
    watching = asyncio.create_task(session.watch())
    watching.add_done_callback(partial(_end_if_failed, socket))
    try:
        await session.log_in()
        yield Heard([], clock.now(), session.state)
        while True:
            yield await session.receive()
    except SessionEnded as error:
        raise session.verdict or in_our_words(error) from error
    finally:
        watching.cancel()
        await socket.close()


def in_our_words(error: SessionEnded) -> SessionEnded:
    """The reason in the venue's close frame may hold what we sent."""
    return ClosedByVenue(error.code, "") if isinstance(error, ClosedByVenue) else error


def _end_if_failed(socket: Socket, task: asyncio.Task[None]) -> None:
    """Without its watch a session would go on blindly."""
    if not task.cancelled() and task.exception() is not None:
        logger.error("a private session is cut, because a part of it failed", exc_info=task.exception())
        socket.abort()


@dataclass
class _Session:
    """`watch` runs beside the reader. `verdict` says why the line was left, where it was us."""

    entrance: Entrance
    socket: Socket
    timing: SessionTiming
    clock: Clock
    state: LineState = LineState.AUTHENTICATING
    verdict: SessionEnded | None = None
    _vigil: Vigil = field(init=False)
    _ends_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._wait_for([_LOGIN])
        self._ends_at = self.clock.monotonic() + self.entrance.life

    async def log_in(self) -> None:
        venue_time = self.clock.now() + timedelta(seconds=self.entrance.skew)
        await self.socket.send(self.entrance.dialect.login(self.entrance.credentials, venue_time))

    async def receive(self) -> Heard:
        frame = await self.socket.receive()
        received_at, excerpt = self.clock.now(), frame[:MAX_EXCERPT]
        try:
            events = self.entrance.dialect.parse(frame)
        except BadFrame as error:
            return Heard([], received_at, self.state, excerpt, error)
        for event in events:
            await self._obey(event)
        return Heard(events, received_at, self.state, excerpt)

    async def watch(self) -> None:
        """Ends a session whose peer does not answer, or whose time is over, and pings."""
        while self.verdict is None:
            due = min(self._vigil.next_check(), self._ends_at)
            await self.clock.sleep(max(0.0, due - self.clock.monotonic()))
            await self._look(self.clock.monotonic())

    async def _look(self, now: float) -> None:
        self.verdict = self._overdue(now)
        if self.verdict is not None:
            self.socket.abort()
        elif now >= self._ends_at:
            self.verdict = Replaced("renewed before the venue cuts it after a day")
            await self.socket.close()
        elif self._vigil.is_ping_due(now):
            self._vigil.ping_sent(now)
            await self.socket.send(self.entrance.dialect.PING)

    def _overdue(self, now: float) -> SessionEnded | None:
        error = self._vigil.overdue(now)
        if isinstance(error, NotAcknowledged) and self.state is LineState.AUTHENTICATING:
            return NotAcknowledged(f"no answer to the login for {self.timing.acknowledged_within:g} s")
        return error

    async def _obey(self, event: AccountEvent) -> None:
        match event:
            case LoggedIn():
                await self._subscribe()
            case Subscribed(channel):
                self._acknowledge(channel)
            case Pong():
                self._vigil.pong_came()
            case Refused(code):
                raise refusal(code)

    async def _subscribe(self) -> None:
        """Never before the login is acknowledged (B5)."""
        requests = self.entrance.dialect.subscribe()
        self.state = LineState.SUBSCRIBING
        self._wait_for([each.key for each in requests])
        for request in requests:
            await self.socket.send(request.text)

    def _acknowledge(self, channel: str) -> None:
        self._vigil.acknowledged(channel)
        if self._vigil.is_acknowledged and self.state is LineState.SUBSCRIBING:
            self.state = LineState.CONNECTED

    def _wait_for(self, answers: list[str]) -> None:
        self._vigil = Vigil(self.timing, self.clock.monotonic(), set(), dict.fromkeys(answers, ""))
