"""Requests to the web port before Daphne acts on them: without what strangers may not say, or cannot be read.

And their answers: no faster than they are read, and cut off where they cannot go on.
"""

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

from daphne.http_protocol import WebRequest

if TYPE_CHECKING:
    from dashboard.sockets.door import Refusal

# By this header a proxy tells Daphne what to take off each path; of a stranger it is a lie.
_ROOT_PATH = b"daphne-root-path"
_SUBPROTOCOLS = b"sec-websocket-protocol"
# There is room again when all of the at most 128 KiB before is taken; who needs longer is gone, or might as well be.
STALLED_AFTER_S: Final = 60.0

logger = logging.getLogger(__name__)


class Room:
    """Whether the transport takes more: it says so to its producer."""

    def __init__(self) -> None:
        self._is_there = asyncio.Event()
        self.resumeProducing()

    def pauseProducing(self) -> None:  # noqa: N802  # Twisted's
        self._is_there.clear()

    def resumeProducing(self) -> None:  # noqa: N802  # Twisted's
        self._is_there.set()

    # Nobody waits for a connection that is no more.
    stopProducing = resumeProducing  # noqa: N815  # Twisted's

    async def wait(self) -> None:
        """Raises TimeoutError."""
        if not self._is_there.is_set():
            async with asyncio.timeout(STALLED_AFTER_S):
                await self._is_there.wait()


class Request(WebRequest):  # type: ignore[misc]  # daphne ships no types
    """Daphne's, after a look at what it does not look at."""

    _room: Room | None = None

    def process(self) -> Any:
        self.requestHeaders.removeHeader(_ROOT_PATH)
        if not self._is_upgrade():
            self._room = Room()
            self.registerProducer(self._room, True)
            return super().process()
        if self.getHost().port == self.server.port_for_machines:
            return self.basic_error(400, b"Bad Request", "There are no WebSockets here")
        if self.clientproto != b"HTTP/1.1":
            return self.basic_error(400, b"Bad Request", "WebSockets need HTTP/1.1")
        if not all(map(bytes.isascii, self.requestHeaders.getRawHeaders(_SUBPROTOCOLS, []))):
            return self.basic_error(400, b"Bad Request", "Invalid subprotocol")
        if refusal := self.server.door.count(self.client.host, self._headers()):
            return self._refuse(refusal)
        return super().process()

    def handle_reply(self, message: dict[str, Any]) -> None:
        """Of an answer to HEAD the head alone: Daphne goes past Twisted's look at it."""
        if self.method == b"HEAD" and "body" in message:
            message = {**message, "body": b""}
        super().handle_reply(message)

    async def drain(self) -> None:
        """Returns when there is room for more. By itself Daphne keeps in memory whatever a client does not read."""
        try:
            if self._room:
                await self._room.wait()
        except TimeoutError:
            logger.info("a client took less than 128 KiB within %d s", STALLED_AFTER_S)
            self._cut()

    def finish(self) -> None:
        self._leave()
        super().finish()

    def connectionLost(self, reason: Any) -> None:  # noqa: N802  # Twisted's
        self._leave()
        super().connectionLost(reason)

    def handle_exception(self, exception: BaseException) -> None:
        """Of an answer that has begun the client is to see that it is not whole; Daphne would begin another one."""
        if self._response_started:
            self._cut()
        else:
            super().handle_exception(exception)

    def _leave(self) -> None:
        if self._room:
            self._room.resumeProducing()
            self._room = None
            self.unregisterProducer()

    def _cut(self) -> None:
        if not self.finished and self.channel is not None:
            self.transport.abortConnection()

    def _headers(self) -> list[tuple[bytes, bytes]]:
        """As an application gets them."""
        return [(name.lower(), value) for name, values in self.requestHeaders.getAllRawHeaders() for value in values]

    def _refuse(self, refusal: "Refusal") -> None:
        """Before there is a socket; as plain as can be, as it is for a flood."""
        body = f"{refusal.text}.\n"
        head = f"HTTP/1.1 {refusal.status:d} {refusal.status.phrase}\r\nContent-Type: text/plain\r\n"
        self.transport.write(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode())
        self.channel.loseConnection()

    def _is_upgrade(self) -> bool:
        return b"websocket" in map(bytes.lower, self.requestHeaders.getRawHeaders(b"upgrade", []))
