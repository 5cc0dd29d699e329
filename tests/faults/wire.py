"""WebSocket frames byte by byte, also such as no library would send. https://www.rfc-editor.org/rfc/rfc6455#section-5.2"""

from typing import Final

# First bytes: the bit of the last fragment, three reserved bits, the kind.
TEXT: Final = 0x81
TEXT_BEGINS: Final = 0x01
TEXT_GOES_ON: Final = 0x00

TEXT_WITH_RESERVED_BIT: Final = 0xC1
UNKNOWN_KIND: Final = 0x83
CLOSE: Final = 0x88
PING: Final = 0x89
PING_BEGINS: Final = 0x09


def frame(data: bytes, first: int = TEXT) -> bytes:
    """A server's frame: no mask."""
    return head(len(data), first) + data


def head(size: int, first: int = TEXT) -> bytes:
    """What announces so many bytes, in the shortest of the three forms."""
    if size < 126:
        return bytes([first, size])
    if size < 2**16:
        return bytes([first, 126]) + size.to_bytes(2, "big")
    return bytes([first, 127]) + size.to_bytes(8, "big")
