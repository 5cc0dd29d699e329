"""A second opinion on what a frame says: the standard library's JSON, and a grammar of numbers without expressions."""

import gzip
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from feeds.decimals import FRACTION_DIGITS, INTEGER_DIGITS
from feeds.types import Event, Quote, Trade
from feeds.venues.base import Frame

DIGITS: Final = frozenset("0123456789")
# They write prices as JSON numbers, with or without an exponent; the others write them as text.
WRITE_NUMBERS: Final = frozenset({"htx", "kraken"})


class _Number(str):
    """A JSON number as it was written."""

    __slots__ = ()


def is_plain(text: str) -> bool:
    """E24: up to twelve digits, and after a point up to eighteen more."""
    whole, point, fraction = text.partition(".")
    return _are_digits(whole, INTEGER_DIGITS) and (not point or _are_digits(fraction, FRACTION_DIGITS))


def prices_in(event: Event) -> tuple[Decimal, ...]:
    match event:
        case Trade():
            return (event.price, event.size)
        case Quote():
            return (event.bid, event.bid_size, event.ask, event.ask_size)
    return ()


def numbers_in(venue: str, frame: Frame) -> set[Decimal]:
    """Every number that stands in the frame in the form in which this venue writes prices."""
    text = gzip.decompress(frame) if venue == "htx" and isinstance(frame, bytes) else frame
    content = json.loads(text, parse_int=_Number, parse_float=_Number, object_pairs_hook=list, strict=False)
    wanted = _Number if venue in WRITE_NUMBERS else str
    return {Decimal(leaf) for leaf in _leaves(content) if type(leaf) is wanted and is_plain(_written_out(leaf))}


def _leaves(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    if isinstance(content, list | tuple):
        for inner in content:
            yield from _leaves(inner)


def _written_out(leaf: str) -> str:
    if not isinstance(leaf, _Number) or "e" not in leaf.lower() or len(leaf) > 40 or leaf.startswith("-"):
        return leaf
    digits, exponent = leaf.lower().split("e")
    return format(Decimal(digits).scaleb(int(exponent)), "f") if len(exponent) < 4 else leaf


def _are_digits(text: str, most: int) -> bool:
    return 0 < len(text) <= most and DIGITS.issuperset(text)
