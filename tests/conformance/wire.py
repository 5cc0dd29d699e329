"""A client's frames byte by byte, also such as no library would send, and the server's as they come back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

from tests.faults.wire import head

# First bytes: 0x80 is the bit of the last fragment, 0x40 to 0x10 are reserved, the rest is the kind.
LAST: Final = 0x80
CONTINUATION: Final = 0x00
TEXT: Final = 0x01
BINARY: Final = 0x02
CLOSE: Final = 0x88
PING: Final = 0x89
PONG: Final = 0x8A
WHOLE_TEXT: Final = LAST | TEXT
WHOLE_BINARY: Final = LAST | BINARY
REST: Final = LAST | CONTINUATION

MASK: Final = bytes.fromhex("37fa213d")
KEY: Final = "dGhlIHNhbXBsZSBub25jZQ=="
_SILENT_AFTER_S: Final = 2.0


class Frame(NamedTuple):
    """What a server says: it has no mask."""

    first: int
    data: bytes

    @property
    def code(self) -> int | None:
        """Of a close frame; None where it has no code."""
        return int.from_bytes(self.data[:2], "big") if self.data else None


def said(data: bytes = b"", first: int = WHOLE_TEXT, mask: bytes = MASK) -> bytes:
    """A client's frame."""
    return masked_head(len(data), first, mask) + _masked(data, mask)


def masked_head(size: int, first: int = WHOLE_TEXT, mask: bytes = MASK) -> bytes:
    """What announces so many masked bytes."""
    plain = head(size, first)
    return bytes([plain[0], plain[1] | 0x80]) + plain[2:] + mask


def _masked(data: bytes, mask: bytes) -> bytes:
    size = len(data)
    pattern = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(pattern, "big")).to_bytes(size, "big")


def closing(code: int, reason: bytes = b"") -> bytes:
    return said(code.to_bytes(2, "big") + reason, CLOSE)


def handshake(port: int, path: str = "/", *more: str) -> bytes:
    """An opening request without fault; `more` are further header lines."""
    lines = (
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {KEY}",
        "Sec-WebSocket-Version: 13",
        *more,
    )
    return "\r\n".join((*lines, "", "")).encode("latin-1")


class Line:
    """A connection after its handshake."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def say(self, data: bytes) -> bool:
        """Whether the server still takes anything; where not, what it said before can be heard all the same."""
        self._writer.write(data)
        try:
            await self._writer.drain()
        except ConnectionError:
            return False
        return True

    async def hear(self) -> Frame | None:
        """The next frame; None where the server hung up. A close frame is answered, as a server may wait for that."""
        try:
            frame = await self._read()
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        if frame.first == CLOSE:
            await self.say(said(frame.data, CLOSE))
        return frame

    async def _read(self) -> Frame:
        first, size = await self._reader.readexactly(2)
        if size > 125:
            size = int.from_bytes(await self._reader.readexactly(2 if size == 126 else 8), "big")
        return Frame(first, await self._reader.readexactly(size))

    async def hear_some(self, count: int) -> list[Frame]:
        """So many frames, or those that come before the server hangs up or falls silent."""
        frames: list[Frame] = []
        try:
            async with asyncio.timeout(_SILENT_AFTER_S):
                while len(frames) < count and (frame := await self.hear()):
                    frames.append(frame)
        except TimeoutError:
            return frames
        return frames

    async def hear_all(self) -> list[Frame]:
        """All that comes until the server hangs up."""
        frames = []
        while frame := await self.hear():
            frames.append(frame)
        return frames


@asynccontextmanager
async def line_to(port: int, path: str = "/", *more: str) -> AsyncIterator[Line]:
    """Open once the server has answered 101."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(handshake(port, path, *more))
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 101 "), answer
        yield Line(reader, writer)
    finally:
        writer.transport.abort()
