"""Which pages may open a socket: those of our own origins."""

from typing import Any
from urllib.parse import urlparse

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable
from channels.security.websocket import OriginValidator


class OwnOriginsOnly(OriginValidator):
    """Refuses a foreign origin by itself.

    Channels would hand it to a consumer that opens the channel layer first, which hangs while Redis is away.
    """

    async def __call__(self, scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if self._is_own(dict(scope["headers"]).get(b"origin")):
            await super().__call__(scope, receive, send)
        else:
            await receive()
            # Closed before it was accepted: the handshake is answered with 403.
            await send({"type": "websocket.close", "code": 1008, "reason": "foreign origin"})

    def _is_own(self, origin: bytes | None) -> bool:
        try:
            return self.valid_origin(urlparse(origin.decode("latin1")) if origin else None)
        except ValueError:
            # Not an address at all, like http://[ or http://127.0.0.1:port.
            return False
