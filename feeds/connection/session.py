"""One connection to a venue: open, subscribe, answer its pings, watch for silence, close. Never reconnects."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from socket import gaierror
from typing import Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from feeds.clock import Clock
from feeds.connection.http import fetch, seconds
from feeds.connection.stall import SessionTiming, Vigil
from feeds.errors import (
    BadFrame,
    ClosedByVenue,
    ConnectFailed,
    HandshakeRefused,
    Replaced,
    SessionEnded,
    SubscriptionRefused,
)
from feeds.types import Event, Pong, Quote, Refused, Reply, Subscribed, Trade, Welcome
from feeds.venues import Venue
from feeds.venues.base import Endpoint, Request

MAX_FRAME_BYTES: Final = 1024 * 1024
# Frames that wait while the loop is busy. Full means that the socket is not read, and the venue sees it.
MAX_QUEUED_FRAMES: Final = 1024
CLOSE_WITHIN_S: Final = 1.0


@dataclass(frozen=True)
class Received:
    """What one frame said, or why it could not be understood. `is_connected`: all acknowledged, data has come."""

    events: list[Event]
    received_at: datetime
    is_connected: bool
    bad_frame: BadFrame | None = None

    @property
    def has_data(self) -> bool:
        return any(isinstance(event, Trade | Quote) for event in self.events)


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
    still comes. Consume it inside `contextlib.aclosing`; breaking off closes too, but drops what waits.
    """
    endpoint = await _endpoint(venue, url, timing)
    socket = await _open(endpoint.url, timing)
    requests = venue.subscribe(symbols, clock.now())
    vigil = Vigil(replace(timing, ping_every=endpoint.ping_every), clock.monotonic(), {r.key for r in requests})
    guard = _Guard(venue, socket, vigil, clock)
    beside = [asyncio.create_task(guard.watch()), asyncio.create_task(_close_on(leave, socket))]
    try:
        if not venue.waits_for_welcome:
            await _ask(requests, socket)
        async with aclosing(_frames(venue, socket, vigil, clock)) as frames:
            async for received in frames:
                if Welcome() in received.events:
                    await _ask(requests, socket)
                yield received
    except ConnectionClosed as closed:
        if leave.done():
            raise Replaced(leave.result()) from closed
        raise guard.verdict or _closed_by_venue(closed) from closed
    finally:
        for task in beside:
            task.cancel()
        await socket.close()


async def _ask(requests: Iterable[Request], socket: ClientConnection) -> None:
    for request in requests:
        await socket.send(request.text)


async def _close_on(leave: asyncio.Future[str], socket: ClientConnection) -> None:
    await asyncio.shield(leave)
    await socket.close()


async def _frames(venue: Venue, socket: ClientConnection, vigil: Vigil, clock: Clock) -> AsyncGenerator[Received, None]:
    while True:
        frame = await socket.recv()
        received_at = clock.now()
        try:
            events = venue.parse(frame)
        except BadFrame as error:
            yield Received([], received_at, vigil.is_connected, error)
            continue
        for event in events:
            await _obey(event, socket, vigil, clock)
        yield Received(events, received_at, vigil.is_connected)


async def _obey(event: Event, socket: ClientConnection, vigil: Vigil, clock: Clock) -> None:
    match event:
        case Trade() | Quote():
            vigil.data_came(clock.monotonic())
        case Subscribed(key):
            vigil.unanswered.discard(key)
        case Pong():
            vigil.pong_came()
        case Reply(text):
            await socket.send(text)
        case Refused(_, text):
            raise SubscriptionRefused(f"the venue refused the subscription: {text}")


@dataclass
class _Guard:
    """Ends a session that went quiet, and pings it; runs beside the reader."""

    venue: Venue
    socket: ClientConnection
    vigil: Vigil
    clock: Clock
    verdict: SessionEnded | None = None

    async def watch(self) -> None:
        while True:
            await self.clock.sleep(max(0.0, self.vigil.next_check() - self.clock.monotonic()))
            now = self.clock.monotonic()
            self.verdict = self.vigil.overdue(now)
            if self.verdict is not None:
                # No closing handshake: a peer that says nothing would not answer that either.
                self.socket.transport.abort()
                return
            if self.vigil.is_ping_due(now):
                await self._ping(now)

    async def _ping(self, now: float) -> None:
        self.vigil.ping_sent(now)
        text = self.venue.ping(self.clock.now())
        with suppress(ConnectionClosed):
            if text is not None:
                await self.socket.send(text)
                return
            pong = asyncio.ensure_future(await self.socket.ping())
            pong.add_done_callback(self._take_pong)

    def _take_pong(self, pong: asyncio.Future[float]) -> None:
        if not pong.cancelled() and pong.exception() is None:
            self.vigil.pong_came()


async def _endpoint(venue: Venue, url: str, timing: SessionTiming) -> Endpoint:
    request = venue.prepare(url)
    if request is None:
        return Endpoint(url, timing.ping_every)
    try:
        return venue.endpoint(url, await fetch(request, timing.connected_within))
    except BadFrame as error:
        raise ConnectFailed(f"no address in the venue's answer: {error}") from error


async def _open(url: str, timing: SessionTiming) -> ClientConnection:
    try:
        return await connect(
            url,
            open_timeout=timing.connected_within,
            close_timeout=CLOSE_WITHIN_S,
            ping_interval=None,
            max_size=MAX_FRAME_BYTES,
            max_queue=MAX_QUEUED_FRAMES,
            compression=None,
            # Plain ws:// is only ever the replay exchange on this machine.
            proxy=True if url.startswith("wss://") else None,
        )
    except InvalidStatus as error:
        retry_after = seconds(error.response.headers.get("Retry-After"))
        raise HandshakeRefused(error.response.status_code, retry_after) from error
    except gaierror as error:
        raise ConnectFailed("the venue's address was not found: is there a network?") from error
    except (OSError, TimeoutError, InvalidHandshake, InvalidURI, EOFError) as error:
        raise ConnectFailed(f"{type(error).__name__}: {error}") from error


def _closed_by_venue(closed: ConnectionClosed) -> ClosedByVenue:
    frame = closed.rcvd
    return ClosedByVenue(frame.code, ascii(frame.reason)[1:-1]) if frame else ClosedByVenue(1006, "")
