"""How the members of BitGet's objects are read: numbers or text, under several names, absent, null or empty."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from feeds.decimals import EXCERPT_CHARACTERS, parse_whole
from feeds.errors import BadFrame
from feeds.types import time_from_ms
from positions.types import Told, ToldText, ToldTime

W = TypeVar("W")

WORD_CHARACTERS: Final = 40
ID_CHARACTERS: Final = 64
COIN_CHARACTERS: Final = 16
REASON_CHARACTERS: Final = 80
_ZERO: Final = Decimal(0)
# Ratios and sums are the venue's own results, with more digits than a price has. "1e-7" is JSON too.
_is_number: Final = re.compile(r"-?[0-9]{1,18}+(?:\.[0-9]{1,30}+)?+(?:[eE][+-]?[0-9]{1,2})?").fullmatch
# Of the first digit. Beyond that no price, size, sum or ratio lies.
_LARGEST_POWER, _SMALLEST_POWER = 17, -30
# Numbers with a point stay the text that they are on the wire.
decode_rows: Final = msgspec.json.Decoder(list[Any], float_hook=str).decode
decode_any: Final = msgspec.json.Decoder(float_hook=str).decode


class Fields:
    """One object of a message: each member is taken once, under the first of its names that is there.

    UNSET is "not there", None is "there, but null or empty". Nobody's members are what is left in `raw`.
    """

    def __init__(self, row: object) -> None:
        if not isinstance(row, dict):
            raise BadFrame("row", row)
        self.raw: dict[str, Any] = dict(row)

    def name(self, *names: str, at_most: int = ID_CHARACTERS) -> str:
        """An id or another word without which the row means nothing."""
        text = self.text(*names, at_most=at_most)
        if not isinstance(text, str):
            raise BadFrame("missing", names)
        return text

    def symbol(self, *names: str) -> str:
        """In capitals: REST samples spell some in small letters."""
        return self.name(*names, at_most=WORD_CHARACTERS).upper()

    def text(self, *names: str, at_most: int = WORD_CHARACTERS) -> ToldText:
        """Printable, and not too long for its column."""
        found = self._take(names)
        if isinstance(found, str) and not (len(found) <= at_most and found.isprintable()):
            raise BadFrame("text", found[:EXCERPT_CHARACTERS])
        return found

    def number(self, *names: str) -> Told:
        """Signed, exact, with the digits of the wire."""
        text = self._take(names)
        return as_number(text) if isinstance(text, str) else text

    def exact(self, *names: str) -> Decimal:
        """A number that has to be there."""
        number = self.number(*names)
        if not isinstance(number, Decimal):
            raise BadFrame("missing", names)
        return number

    def price(self, *names: str) -> Told:
        """A price that may be none: zero and below mean just that."""
        number = self.number(*names)
        return number if not isinstance(number, Decimal) or number > _ZERO else None

    def time(self, *names: str) -> ToldTime:
        """Milliseconds since 1970; zero is none."""
        text = self._take(names)
        return as_time(text) if isinstance(text, str) else text

    def moment(self, *names: str) -> datetime:
        """A time that has to be there."""
        moment = self.time(*names)
        if not isinstance(moment, datetime):
            raise BadFrame("missing", names)
        return moment

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of words, or words in one text with commas between them; none where it is not there."""
        found = self.raw.pop(name, None) or []
        parts = found.split(",") if isinstance(found, str) else found
        if not isinstance(parts, list):
            raise BadFrame("texts", found)
        return tuple(part for part in (str(each).strip() for each in parts) if part)

    def told_texts(self, name: str) -> tuple[str, ...]:
        """The same where silence must not pass for an empty list: BadFrame where there is not one word."""
        if not (found := self.texts(name)):
            raise BadFrame("missing", name)
        return found

    def rows(self, *names: str) -> list["Fields"]:
        """Objects within this one, in a list or alone; none where there is no such member."""
        found = next((self.raw.pop(name) for name in names if name in self.raw), None) or []
        return [Fields(row) for row in (found if isinstance(found, list) else [found])]

    def word(self, words: Mapping[str, W], *names: str) -> W | UnsetType:
        """The meaning of one of these words. One that we do not know stays in `raw`."""
        for name in names:
            if (found := words.get(str(self.raw.get(name)).lower())) is not None:
                del self.raw[name]
                return found
        return UNSET

    def _take(self, names: tuple[str, ...]) -> ToldText:
        for name in names:
            if name in self.raw:
                return _scalar(self.raw.pop(name))
        return UNSET


def as_number(text: str) -> Decimal:
    """BadFrame for what is no number, or an absurd one such as 1e30; a plain decimal keeps its digits."""
    number = Decimal(text) if _is_number(text) else None
    if number is None or not _SMALLEST_POWER <= number.adjusted() <= _LARGEST_POWER:
        raise BadFrame("decimal", text[:EXCERPT_CHARACTERS])
    return number


def as_time(text: str) -> datetime | None:
    """The aware UTC time of milliseconds since 1970, None for zero."""
    return time_from_ms(milliseconds) if (milliseconds := parse_whole(text)) else None


def _scalar(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise BadFrame("field", value)
