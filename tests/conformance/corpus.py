"""Frozen cases after RFC 6455, in the classes that Autobahn's suite has; written for this project."""

from collections.abc import Iterator
from typing import Final

from tests.conformance.case import Case, bad, bad_close, binary, ended, good, pong, text
from tests.conformance.wire import (
    BINARY,
    CLOSE,
    CONTINUATION,
    LAST,
    PING,
    PONG,
    REST,
    TEXT,
    WHOLE_BINARY,
    WHOLE_TEXT,
    closing,
    masked_head,
    said,
)
from tests.faults.wire import frame as unmasked

# What the servers of the tests take at most: more than ours, for the three forms of the length.
LIMIT: Final = 2**17
SIZES: Final = (0, 1, 125, 126, 127, 128, 65535, 65536, LIMIT)
RESERVED_KINDS: Final = (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
GOOD_CODES: Final = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)
BAD_CODES: Final = (0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999)

# The first and last character of each length, and what is no character but still a code point.
VALID: Final = (
    "\0",
    "\x7f",
    "\x80",
    "\u07ff",
    "\u0800",
    "\ud7ff",
    "\ue000",
    "\ufffe",
    "\uffff",
    "\U00010000",
    "\U0010ffff",
)
INVALID: Final = {
    "a continuation alone": "80",
    "a byte that never is": "ff",
    "an old five byte form": "f8 88 80 80 80",
    "too long for a slash": "c0 af",
    "too long for a zero": "e0 80 80",
    "too long in four bytes": "f0 80 80 80",
    "half a pair": "ed a0 80",
    "both halves of a pair": "ed a0 80 ed b0 80",
    "past the last code point": "f4 90 80 80",
    "two bytes cut short": "c2",
    "three bytes cut short": "e2 82",
    "four bytes cut short": "f0 9f 98",
    "a letter within a character": "e2 41 ac",
}


def sizes() -> Iterator[Case]:
    """Class 1: each form of the length."""
    for size in SIZES:
        yield good(f"text of {size}", said(b"*" * size), back=[text(b"*" * size)])
        yield good(f"binary of {size}", said(b"\xfe" * size, WHOLE_BINARY), back=[binary(b"\xfe" * size)])
    yield bad("text past the limit", said(b"*" * (LIMIT + 1)), codes=(1009,))
    yield bad("fragments past the limit", said(b"*" * LIMIT, TEXT), said(b"*", REST), codes=(1009,))
    yield bad("a size of 62 bits", masked_head(2**62), codes=(1002, 1009))
    yield bad("a size of 64 bits", masked_head(2**64 - 1), codes=(1002, 1009))


def pings() -> Iterator[Case]:
    """Class 2: a ping is answered with its own bytes, a pong with nothing."""
    for data in (b"", b"Hello", b"\x00\xff\xfe\xfd", b"\xfe" * 125):
        yield good(f"ping of {len(data)}", said(data, PING), back=[pong(data)])
    yield bad("ping of 126", said(b"*" * 126, PING))
    yield bad("pong of 126", said(b"*" * 126, PONG))
    yield good("pong that nobody asked for", said(b"", PONG))
    yield good("pong with data, then ping", said(b"old", PONG), said(b"new", PING), back=[pong(b"new")])
    many = [b"%d" % number for number in range(10)]
    yield good("ten pings", *(said(data, PING) for data in many), back=[pong(data) for data in many])
    yield good("ten pings at once", b"".join(said(data, PING) for data in many), back=[pong(data) for data in many])


def reserved_bits() -> Iterator[Case]:
    """Class 3: no extension is agreed on that would use them."""
    for bits in range(0x10, 0x80, 0x10):
        yield bad(f"text with {bits:#x}", said(b"Hello", WHOLE_TEXT | bits))
        yield bad(f"after a good one with {bits:#x}", said(b"a"), said(b"b", WHOLE_TEXT | bits), back=[text("a")])
    yield bad("binary with a bit", said(b"", WHOLE_BINARY | 0x40))
    yield bad("ping with a bit", said(b"Hello", PING | 0x10))
    yield bad_close("close with a bit", said(b"\x03\xe8", CLOSE | 0x20))


def reserved_kinds() -> Iterator[Case]:
    """Class 4."""
    for kind in RESERVED_KINDS:
        yield bad(f"kind {kind}", said(b"", LAST | kind))
        yield bad(f"kind {kind} with data", said(b"a"), said(b"data", LAST | kind), said(b"b"), back=[text("a")])


def fragments() -> Iterator[Case]:
    """Class 5: a message in parts, with control frames in between and none in parts."""
    yield bad("ping in parts", said(b"a", PING & ~LAST), said(b"b", REST))
    yield bad("pong in parts", said(b"a", PONG & ~LAST), said(b"b", REST))
    yield bad_close("close in parts", said(b"\x03\xe8", CLOSE & ~LAST))
    for kind, answer in ((TEXT, text), (BINARY, binary)):
        two = said(b"one", kind), said(b"two", REST)
        yield good(f"two parts of {kind}", *two, back=[answer(b"onetwo")])
        yield good(f"two parts of {kind} at once", b"".join(two), back=[answer(b"onetwo")])
        yield good(
            f"empty parts of {kind}", said(b"", kind), said(b"", CONTINUATION), said(b"x", REST), back=[answer(b"x")]
        )
    a_ping = said(b"p", PING)
    yield good("ping between", said(b"a", TEXT), a_ping, said(b"b", REST), back=[pong(b"p"), text("ab")])
    yield good("pong between", said(b"a", TEXT), said(b"p", PONG), said(b"b", REST), back=[text("ab")])
    parts = [said(b"%d" % number, CONTINUATION) + a_ping for number in range(9)]
    yield good(
        "pings between ten", said(b"-", TEXT), *parts, said(b".", REST), back=[pong(b"p")] * 9 + [text("-012345678.")]
    )
    yield bad("the rest of nothing", said(b"a", REST))
    yield bad("the middle of nothing", said(b"a", CONTINUATION), said(b"b", REST))
    yield bad("the rest of what has ended", said(b"a"), said(b"b", REST), back=[text("a")])
    yield bad("text within text", said(b"a", TEXT), said(b"b"))
    yield bad("text begins twice", said(b"a", TEXT), said(b"b", TEXT))
    yield bad("binary within text", said(b"a", TEXT), said(b"b", WHOLE_BINARY))


def utf8() -> Iterator[Case]:
    """Class 6: in whole, in parts that cut a character, and early where the message never ends."""
    for character in VALID:
        data = character.encode()
        yield good(f"U+{ord(character):04X}", said(data), back=[text(data)])
        parts = [said(data[at : at + 1], CONTINUATION) for at in range(len(data))]
        yield good(f"U+{ord(character):04X} in parts", said(b"", TEXT), *parts, said(b"", REST), back=[text(data)])
    for name, digits in INVALID.items():
        data = b"before " + bytes.fromhex(digits)
        yield bad(name, said(data + b" after"), codes=(1007,))
        yield bad(f"{name}, at the end", said(data), codes=(1007,))
        yield bad(
            f"{name}, in parts", said(data[:8], TEXT), said(data[8:], CONTINUATION), said(b".", REST), codes=(1007,)
        )
    yield good("what is no text in binary", said(b"\xff\xfe", WHOLE_BINARY), back=[binary(b"\xff\xfe")])


def closes() -> Iterator[Case]:
    """Class 7: the good-bye, and what is none."""
    yield ended("close with nothing", said(b"", CLOSE))
    for code in GOOD_CODES:
        yield ended(f"close {code}", closing(code, b"Good-bye"), code=code)
    for code in BAD_CODES:
        yield bad_close(f"close {code}", closing(code))
    yield ended("close with 123 bytes", closing(1000, b"*" * 123), code=1000)
    yield bad_close("close with 124 bytes", closing(1000, b"*" * 124))
    yield bad_close("close with half a code", said(b"\x03", CLOSE))
    for name, digits in INVALID.items():
        yield bad_close(f"close: {name}", closing(1000, bytes.fromhex(digits)), codes=(1002, 1007))
    for name, more in (("text", said(b"late")), ("ping", said(b"late", PING)), ("close", closing(1001))):
        yield ended(f"{name} after close", closing(1000), more, code=1000)
        yield ended(f"{name} with close", closing(1000) + more, code=1000)
    # Some servers call the message that never ends a fault (1002), and both are ends.
    yield bad("close within a message", said(b"a", TEXT), closing(1000), codes=(1000, 1002))


def masks() -> Iterator[Case]:
    """A client's frame without a mask ends the connection (RFC 6455 5.1)."""
    yield bad("text without mask", unmasked(b"Hello"))
    yield bad("empty text without mask", unmasked(b""))
    yield bad("ping without mask", unmasked(b"", PING))
    yield bad_close("close without mask", unmasked(b"\x03\xe8", CLOSE))
    yield bad("the second without mask", said(b"a"), unmasked(b"b"), back=[text("a")])
    yield good("a mask of zeros", said(b"Hello", mask=bytes(4)), back=[text("Hello")])


def pieces() -> Iterator[Case]:
    """Class 10: one frame in many writes, down to single bytes."""
    for size in (1, 2, 1300, 65535):
        data = b"*" * (70_000 if size > 2 else 200)
        whole = said(data)
        writes = [whole[at : at + size] for at in range(0, len(whole), size)]
        yield good(f"writes of {size}", *writes, back=[text(data)])


CLASSES: Final = {
    "1 sizes": [*sizes()],
    "2 pings": [*pings()],
    "3 reserved bits": [*reserved_bits()],
    "4 reserved kinds": [*reserved_kinds()],
    "5 fragments": [*fragments()],
    "6 utf-8": [*utf8()],
    "7 closes": [*closes()],
    "10 pieces": [*pieces()],
    "masks": [*masks()],
}
