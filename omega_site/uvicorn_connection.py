"""Connections of the broadcast ports: uvicorn's, of which none can be kept open by a peer that does not answer.

uvicorn closes a transport and waits until it is empty, which it never is where the peer reads nothing; and it keeps
whoever connects and asks for nothing.
"""

import asyncio
from http import HTTPStatus
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from dashboard.protocol.codes import GOING_AWAY

# From the first byte of TCP to the end of the handshake.
OPEN_WITHIN_S: Final = 10.0
# For what is still unsent, and for the peer's own close frame. A reader that stops is gone within ten seconds in all
# (C3): the application gives it most of them, before it asks for the end.
CLOSE_WITHIN_S: Final = 2.0
FAIL_WITHIN_S: Final = 1.0
# Above all that flow control lets pass unacknowledged: only who leaves that out would ever wait here.
WRITE_BUFFER: Final = 1 << 20


class Request(H11Protocol):
    """HTTP, of which WebSockets come. It is over within seconds, or cut."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._opening = self.loop.call_later(OPEN_WITHIN_S, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._opening.cancel()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """As it is told 1.1 whatever was said, the WebSocket could not refuse older ones."""
        if event.http_version < b"1.1":
            self.send_400_response("WebSockets need HTTP/1.1.")
        else:
            self._opening.cancel()
            super().handle_websocket_upgrade(event)


class Socket(WebSocketsSansIOProtocol):
    """A WebSocket that ends in time, whatever its peer does."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=WRITE_BUFFER)
        self.loop.call_later(OPEN_WITHIN_S, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.handshake_complete and not self.close_sent and self.conn.close_rcvd is None:
            # Cut off. uvicorn would say 1005, which is a good-bye (RFC 6455 7.1.5).
            self.queue.put_nowait({"type": "websocket.disconnect", "code": 1006})
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.conn.parser_exc is not None:
            return  # What comes behind a broken frame is read and dropped until the end.
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self._refuse()

    def handle_parser_exception(self) -> None:
        """Tells the code, and reads on until the peer has it: a close over unread bytes is a reset, which eats it."""
        closed = self.conn.close_sent
        assert closed is not None  # noqa: S101  # what broke the parser has closed it
        self.queue.put_nowait({"type": "websocket.disconnect", "code": closed.code, "reason": closed.reason})
        self.stop_keepalive()
        self.close_sent = True
        self.transport.write(b"".join(self.conn.data_to_send()))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        if self.read_paused:
            self.transport.resume_reading()
        self._end_within(FAIL_WITHIN_S)

    def handle_close(self, event: Any) -> None:
        super().handle_close(event)
        # Said by a peer that reads nothing, it would end as little as our own.
        self._end_within(FAIL_WITHIN_S)

    async def send(self, message: Any) -> None:
        """As under daphne: what is sent to who is gone goes nowhere, and no close waits behind what is not read."""
        if message["type"] == "websocket.close":
            self.writable.set()
        else:
            await self.writable.wait()
        if self.handshake_complete and (self.close_sent or self.disconnected):
            return
        try:
            await super().send(message)
        except ClientDisconnected:
            return
        if message["type"] == "websocket.close":
            self._end_within(CLOSE_WITHIN_S)
        elif self.close_sent and not self.handshake_complete:
            # Answered with a whole response, such as the door's 429. uvicorn takes that for a handshake that the
            # application forgot, and logs each of them as an error.
            self.handshake_complete = True

    async def run_asgi(self) -> None:
        await super().run_asgi()
        if self.close_timer is None and not self.disconnected:
            self._end_within(CLOSE_WITHIN_S)

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._end_within(FAIL_WITHIN_S)

    def shutdown(self) -> None:
        """Of the server: 1001 to who has not had it from the application."""
        if not self.handshake_complete:
            super().shutdown()
            return
        self.stop_keepalive()
        if not self.close_sent and not self.transport.is_closing():
            self.queue.put_nowait({"type": "websocket.disconnect", "code": GOING_AWAY})
            self.conn.send_close(GOING_AWAY)
            self.close_sent = True
            self.transport.write(b"".join(self.conn.data_to_send()))
        self._end_within(FAIL_WITHIN_S)

    def _refuse(self) -> None:
        """A handshake that uvicorn's HTTP took and `websockets` did not; uvicorn would leave it unanswered."""
        answer = b"".join(self.conn.data_to_send())
        status = HTTPStatus.BAD_REQUEST
        self.handshake_complete = self.close_sent = True
        self.transport.write(answer or f"HTTP/1.1 {status} {status.phrase}\r\nContent-Length: 0\r\n\r\n".encode())
        self.transport.close()

    def _give_up(self) -> None:
        if not self.handshake_complete:
            self.transport.abort()

    def _end_within(self, seconds: float) -> None:
        if self.close_timer is not None:
            self.close_timer.cancel()
        self.close_timer = self.loop.call_later(seconds, self.transport.abort)
