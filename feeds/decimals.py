"""The one way in which text from a wire becomes a Decimal.

`Decimal()` itself is too generous: it takes "NaN", " 1", "1_000", "٣" and "1e1000000". A venue's number must
match the grammar in full before it is converted.
"""

import re
from decimal import Decimal

import msgspec

from feeds.errors import BadFrame

INTEGER_DIGITS = 12
FRACTION_DIGITS = 18
# Nanoseconds since 1970 have 19.
WHOLE_DIGITS = 20
EXCERPT_CHARACTERS = 100

_PLAIN = rf"[0-9]{{1,{INTEGER_DIGITS}}}+(?:\.[0-9]{{1,{FRACTION_DIGITS}}}+)?+"
_is_plain = re.compile(_PLAIN).fullmatch
# One match of all costs less than one match of each. Numbers hold no blank, so no text can pass for two of them.
are_two_plain = re.compile(" ".join([_PLAIN] * 2)).fullmatch
are_four_plain = re.compile(" ".join([_PLAIN] * 4)).fullmatch
_has_exponent = re.compile(rf"{_PLAIN}[eE][+-]?[0-9]{{1,2}}").fullmatch


def parse_decimal(text: str) -> Decimal:
    """The exact value of a plain decimal string such as "58001.03000000"; BadFrame for anything else."""
    if _is_plain(text) is None:
        raise BadFrame("decimal", text[:EXCERPT_CHARACTERS])
    return Decimal(text)


def parse_number(raw: bytes | msgspec.Raw) -> Decimal:
    """The exact value of an unsigned JSON number literal, exponent form included; BadFrame for anything else."""
    return parse_decimal(write_out(raw))


def write_out(raw: bytes | msgspec.Raw) -> str:
    """The JSON literal as text, a number with an exponent in plain form: HTX sends small ones as 9.2E-7.

    Anything else, such as text in quotes, stays as it is, and the grammar refuses it.
    """
    text = str(raw, "utf-8", "replace")
    # Looking for the letter is cheap, and most numbers have none.
    has_exponent = ("E" in text or "e" in text) and _has_exponent(text) is not None
    return f"{Decimal(text):f}" if has_exponent else text


def parse_whole(text: str) -> int:
    """The value of up to 20 decimal digits; BadFrame for anything else."""
    if len(text) > WHOLE_DIGITS or not (text.isascii() and text.isdigit()):
        raise BadFrame("whole_number", text[:EXCERPT_CHARACTERS])
    return int(text)
