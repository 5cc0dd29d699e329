"""Requests to the web port before Daphne acts on them: without what strangers may not say, or cannot be read."""

from typing import TYPE_CHECKING, Any

from daphne.http_protocol import WebRequest

if TYPE_CHECKING:
    from dashboard.sockets.door import Refusal

# By this header a proxy tells Daphne what to take off each path; of a stranger it is a lie.
_ROOT_PATH = b"daphne-root-path"
_SUBPROTOCOLS = b"sec-websocket-protocol"


class Request(WebRequest):  # type: ignore[misc]  # daphne ships no types
    """Daphne's, after a look at what it does not look at."""

    def process(self) -> Any:
        self.requestHeaders.removeHeader(_ROOT_PATH)
        if not self._is_upgrade():
            return super().process()
        if self.clientproto != b"HTTP/1.1":
            return self.basic_error(400, b"Bad Request", "WebSockets need HTTP/1.1")
        if not all(map(bytes.isascii, self.requestHeaders.getRawHeaders(_SUBPROTOCOLS, []))):
            return self.basic_error(400, b"Bad Request", "Invalid subprotocol")
        if refusal := self.server.door.count(self.client.host, self._headers()):
            return self._refuse(refusal)
        return super().process()

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
