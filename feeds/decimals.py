"""The one way in which text from a wire becomes a Decimal.

`Decimal()` itself is too generous: it takes "NaN", " 1", "1_000", "٣" and "1e1000000". A venue's number must
match the grammar in full before it is converted.
"""

import re
from decimal import Context, Decimal

import msgspec

from feeds.errors import BadFrame

INTEGER_DIGITS = 12
FRACTION_DIGITS = 18
# Nanoseconds since 1970 have 19.
WHOLE_DIGITS = 20

_is_plain = re.compile(r"[0-9]{1,12}+(?:\.[0-9]{1,18}+)?+").fullmatch
# HTX sends small numbers as 9.2E-7. Two digits of exponent, and the value has to fit the plain form as well.
_as_number = re.compile(r"[0-9]{1,12}+(?:\.[0-9]{1,18}+)?+([eE][+-]?[0-9]{1,2})?").fullmatch
_SMALLEST = Decimal(1).scaleb(-FRACTION_DIGITS)
_LIMIT = Decimal(10) ** INTEGER_DIGITS
# Python's default context has 28 digits and raises where a number needs all 30.
_EXACT = Context(prec=INTEGER_DIGITS + FRACTION_DIGITS)


def parse_decimal(text: str) -> Decimal:
    """The exact value of a plain decimal string such as "58001.03000000"; BadFrame for anything else."""
    if _is_plain(text) is None:
        raise BadFrame("decimal", text)
    return Decimal(text)


def parse_number(raw: bytes | msgspec.Raw) -> Decimal:
    """The exact value of an unsigned JSON number literal, exponent form included; BadFrame for anything else."""
    text = str(raw, "utf-8", "replace")
    found = _as_number(text)
    if found is None:
        raise BadFrame("decimal", text)
    value = Decimal(text)
    # Without an exponent the grammar has bounded the digits already.
    if found.lastindex and (value >= _LIMIT or value != value.quantize(_SMALLEST, context=_EXACT)):
        raise BadFrame("decimal", text)
    return value


def parse_whole(text: str) -> int:
    """The value of up to 20 decimal digits; BadFrame for anything else."""
    if len(text) > WHOLE_DIGITS or not (text.isascii() and text.isdigit()):
        raise BadFrame("whole_number", text)
    return int(text)
