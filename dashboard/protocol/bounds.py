"""What holds for every API client, whichever server it comes through. docs/websocket.md tells them."""

from typing import Final

# Of a message and of a frame of it, in bytes: no client has more to say.
FRAME_LIMIT: Final = 16 * 1024
# RFC 6455 5.5.2: so often a peer is pinged, and so soon it has to answer.
PING_EVERY_S: Final = 20
PONG_WITHIN_S: Final = 10
