"""A WebSocket to a venue: the only module that imports websockets. Every failure leaves it as a SessionEnded."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from socket import gaierror
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.frames import DATA_OPCODES, CloseCode, Frame, Opcode

from feeds.clock import Clock
from feeds.connection.http import seconds, trust
from feeds.connection.stall import SessionTiming
from feeds.errors import (
    CertificateRefused,
    ClosedByVenue,
    ConnectFailed,
    HandshakeRefused,
    ProtocolBroken,
    SessionEnded,
    printable,
)
from feeds.pace import Pace, Rate

MAX_FRAME_BYTES: Final = 1024 * 1024
MAX_FRAGMENTS: Final = 1024
# Frames that wait while the loop is busy. Full means that the socket is not read, and the venue sees it.
MAX_QUEUED_FRAMES: Final = 1024
# After so many frames all that runs beside has its turn, however many more wait: the library hands them out without a
# pause, and meanwhile nothing of what they said would be taken to the log.
FRAMES_A_TURN: Final = 64
CLOSE_WITHIN_S: Final = 1.0
# Of what the venue allows; the rest is for the pongs, which leave without being asked.
OUR_SHARE: Final = 0.8
# The venue counts when it hears them: some of a burst may be so much longer on their way than those of the next one.
UNEVEN_S: Final = 0.5
# At DEBUG the library would print every frame, and a login holds a key: its logger is quiet, whatever others are.
_QUIET: Final = logging.Logger("feeds.connection.socket.frames", logging.CRITICAL)
# What we close with when the peer breaks the protocol, and when it sends more than we take.
_OUR_VERDICTS: Final = (1002, 1007, 1009)


class Socket:
    """An open connection. Text is sent no faster than the venue allows, and in the order in which it was asked for."""

    def __init__(self, connection: ClientConnection, pace: Pace, clock: Clock) -> None:
        self._connection = connection
        self._pace = pace
        self._clock = clock
        self._turn = asyncio.Lock()
        self._received = 0

    async def receive(self) -> bytes:
        """The next frame, text or binary: text that is not UTF-8 is one bad frame, not the end of the session."""
        self._received += 1
        if self._received % FRAMES_A_TURN == 0:
            await asyncio.sleep(0)
        try:
            frame: bytes = await self._connection.recv(decode=False)
        except ConnectionClosed as closed:
            raise _end(closed) from closed
        return frame

    async def send(self, text: str) -> None:
        """Sends when its turn has come. Over a closed connection nothing is sent; whoever receives hears of the end."""
        async with self._turn:
            await self._wait_for_allowance()
            with suppress(ConnectionClosed):
                await self._connection.send(text)

    async def answer(self, text: str) -> None:
        """Sends at once, and counts it: a venue's own ping cannot wait."""
        self._pace.note(self._clock.monotonic())
        with suppress(ConnectionClosed):
            await self._connection.send(text)

    async def ping(self, answered: Callable[[], None]) -> None:
        """Sends a ping frame; `answered` is called when its pong comes."""
        async with self._turn:
            await self._wait_for_allowance()
            with suppress(ConnectionClosed):
                pong = asyncio.ensure_future(await self._connection.ping())
                pong.add_done_callback(partial(_tell, answered))

    async def close(self) -> None:
        """Says goodbye with 1000. What the venue sent before it heard of it can still be received."""
        await self._connection.close()

    def abort(self) -> None:
        """Cuts the line: a peer that says nothing would not answer a goodbye either."""
        self._connection.transport.abort()

    def may_send(self) -> bool:
        """Whether `send` and `ping` would not have to wait."""
        return not self._turn.locked() and self._pace.wait(self._clock.monotonic()) == 0

    async def _wait_for_allowance(self) -> None:
        while (wait := self._pace.wait(self._clock.monotonic())) > 0:
            await self._clock.sleep(wait)
        self._pace.note(self._clock.monotonic())


class _Connection(ClientConnection):
    """Notes the pongs that the library sends by itself: venues count them as messages.

    Hangs up on a peer that breaks the protocol: the library would say why, and then wait for the peer to hang up. It
    bounds the bytes of a message, but not the fragments, of which each may be empty.
    """

    def __init__(self, *args: Any, note_pong: Callable[[], None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._note_pong = note_pong
        self._fragments = 0

    def process_event(self, event: Any) -> None:
        if isinstance(event, Frame):
            if event.opcode is Opcode.PING:
                self._note_pong()
            elif event.opcode in DATA_OPCODES:
                self._fragments = 0 if event.fin else self._fragments + 1
        super().process_event(event)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._fragments > MAX_FRAGMENTS:
            self.protocol.fail(CloseCode.MESSAGE_TOO_BIG, f"more than {MAX_FRAGMENTS} fragments")
            self.send_data()
            self.transport.close()
        elif self.protocol.parser_exc is not None:
            self.transport.close()


class _Connect(connect):
    """A venue is where its address says, or nowhere: redirects are refused."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def open_socket(url: str, timing: SessionTiming, clock: Clock) -> Socket:
    """Connects and shakes hands. CertificateRefused, HandshakeRefused, or ConnectFailed for everything else."""
    pace = Pace(Rate(timing.messages.count, timing.messages.within + UNEVEN_S), OUR_SHARE)
    is_encrypted = url.startswith("wss://")
    try:
        connection = await _Connect(
            url,
            open_timeout=timing.connected_within,
            close_timeout=CLOSE_WITHIN_S,
            ping_interval=None,
            max_size=MAX_FRAME_BYTES,
            max_queue=MAX_QUEUED_FRAMES,
            compression=None,
            logger=_QUIET,
            create_connection=partial(_Connection, note_pong=lambda: pace.note(clock.monotonic())),  # type: ignore[arg-type]
            ssl=trust() if is_encrypted else None,
            # Plain ws:// is only ever the replay exchange on this machine.
            proxy=True if is_encrypted else None,
        )
    except InvalidStatus as error:
        retry_after = seconds(error.response.headers.get("Retry-After"), clock.now())
        raise HandshakeRefused(error.response.status_code, retry_after) from error
    except ssl.SSLCertVerificationError as error:
        raise CertificateRefused(f"the venue's certificate is refused: {error.verify_message}") from error
    except gaierror as error:
        raise ConnectFailed("the venue's address was not found: is there a network?") from error
    except (InvalidURI, ValueError) as error:
        # Without the address: it may hold a token.
        raise ConnectFailed("the address is none that can be connected to") from error
    except (OSError, TimeoutError, InvalidHandshake, EOFError) as error:
        raise ConnectFailed(f"{type(error).__name__}: {error}") from error
    return Socket(connection, pace, clock)


def _tell(answered: Callable[[], None], pong: asyncio.Future[float]) -> None:
    if not pong.cancelled() and pong.exception() is None:
        answered()


def _end(closed: ConnectionClosed) -> SessionEnded:
    if closed.sent and closed.sent.code in _OUR_VERDICTS and not closed.rcvd_then_sent:
        return ProtocolBroken(closed.sent.code, printable(closed.sent.reason))
    if closed.rcvd:
        return ClosedByVenue(closed.rcvd.code, printable(closed.rcvd.reason))
    return ClosedByVenue(1006, "")
