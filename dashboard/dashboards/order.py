"""How panels are put into an order, by their numbers. Pure."""

from collections.abc import Collection, Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

MOST_PANELS: Final = 40
_Number = Annotated[int, Meta(ge=1, le=2**53)]


class Slot(Struct, frozen=True, forbid_unknown_fields=True):
    """A panel and its size, in its place."""

    number: _Number
    size: str


class Arrangement(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody made of the dashboard as it was at that revision. What they were not shown is not in it."""

    revision: Annotated[int, Meta(ge=0)]
    panels: Annotated[list[Slot], Meta(max_length=MOST_PANELS)]
    removed: Annotated[list[_Number], Meta(max_length=MOST_PANELS)] = []


_decode = msgspec.json.Decoder(Arrangement).decode


def read(text: bytes) -> Arrangement:
    """Raises ValueError for what is no arrangement."""
    try:
        return _decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise ValueError(f"This is no arrangement: {error}") from error


def ordered(there: Sequence[int], wanted: Sequence[int], removed: Collection[int]) -> list[int]:
    """The panels that are there as they are wanted. What nobody spoke of stays, at the end; what went is gone."""
    kept = [number for number in there if number not in removed]
    first = [number for number in dict.fromkeys(wanted) if number in kept]
    return first + [number for number in kept if number not in first]


def moved(there: Sequence[int], number: int, by: int) -> list[int]:
    """With this one so many places later, as far as there are places."""
    rest = [each for each in there if each != number]
    at = max(0, min(len(rest), there.index(number) + by))
    return [*rest[:at], number, *rest[at:]]
