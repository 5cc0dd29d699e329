"""The client's half of the frames: what a server sent, cut out of its bytes, and ours with their mask. Pure.

A load client on a whole WebSocket library is busy long before the server is, and measures itself.
https://www.rfc-editor.org/rfc/rfc6455#section-5.2
"""

from collections.abc import Iterator
from typing import Final

from tests.faults import wire

PONG: Final = 0x8A
_MASKED: Final = 0x80
# Zeroes are a mask as good as any to a server, and cost nothing to apply.
_MASK: Final = bytes(4)


def masked(data: bytes, first: int = wire.TEXT) -> bytes:
    """A client's frame."""
    head = wire.head(len(data), first)
    return bytes([head[0], head[1] | _MASKED]) + head[2:] + _MASK + data


class FrameReader:
    """Takes bytes as they come. Our servers send whole messages: a fragment, or a mask, is a fault of theirs."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The first byte and the payload of each frame that is complete now."""
        data = self._rest + data if self._rest else data
        begin = 0
        while (span := _span(data, begin)) and span[1] <= len(data):
            yield data[begin], data[span[0] : span[1]]
            begin = span[1]
        self._rest = data[begin:]


def _span(data: bytes, begin: int) -> tuple[int, int] | None:
    """Where the payload of the frame at `begin` begins and ends; None while its head is not there."""
    if len(data) < begin + 2:
        return None
    size, start = data[begin + 1], begin + 2
    if size >= 126:
        start += 2 if size == 126 else 8
        if len(data) < start:
            return None
        size = int.from_bytes(data[begin + 2 : start], "big")
    return start, start + size
