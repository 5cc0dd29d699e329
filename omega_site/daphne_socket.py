"""Sockets of the web port: daphne's, which close with any code and say why, and send at once."""

from typing import Any, Final

from daphne.ws_protocol import WebSocketProtocol

# RFC 6455 5.5: what a close frame has room for.
_LONGEST_REASON: Final = 123


class Socket(WebSocketProtocol):  # type: ignore[misc]  # daphne ships no types
    """Daphne's, which closes with any code and says why, and whose limit is for what comes."""

    @classmethod
    def take_options(cls, factory: Any) -> None:
        """Once for all sockets: Autobahn would copy them for each, and word them for its log, which takes as long as
        the rest of a handshake.
        """
        for name in WebSocketProtocol.CONFIG_ATTRS:
            option = getattr(factory, name)
            # One is a function, which a class would make a method of.
            setattr(cls, name, staticmethod(option) if callable(option) else option)
        cls.CONFIG_ATTRS = ()

    def handle_reply(self, message: dict[str, Any]) -> None:
        """Autobahn's sendClose() refuses codes below 3000 but 1000, and Daphne leaves the reason out."""
        if message["type"] == "websocket.close" and self.state == self.STATE_OPEN:
            reason = (message.get("reason") or "").encode()[:_LONGEST_REASON].decode(errors="ignore")
            self.sendCloseFrame(code=message.get("code") or 1000, reasonUtf8=reason.encode())
        else:
            super().handle_reply(message)

    def sendMessage(self, payload: bytes, isBinary: bool = False, **_: Any) -> None:  # noqa: N802, N803
        """At once, where nothing waits: half of what a frame costs is the reactor's, which asks the kernel for a moment
        to write, and Autobahn's, which words a line for its log, and would hold the limit of what comes against it.
        """
        if self.state != self.STATE_OPEN:
            return
        data, transport = _head(2 if isBinary else 1, len(payload)) + payload, self.transport
        is_waiting = transport.dataBuffer or transport._tempDataLen
        sent = 0 if is_waiting else transport.writeSomeData(data)
        # Of a connection that is lost the reactor hears by itself.
        if sent != len(data) and not isinstance(sent, Exception):
            transport.write(data[sent:])


def _head(opcode: int, size: int) -> bytes:
    """Of a whole message. https://www.rfc-editor.org/rfc/rfc6455#section-5.2"""
    if size < 126:
        return bytes([0x80 | opcode, size])
    if size < 2**16:
        return bytes([0x80 | opcode, 126]) + size.to_bytes(2, "big")
    return bytes([0x80 | opcode, 127]) + size.to_bytes(8, "big")
