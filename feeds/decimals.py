"""The one way in which text from a wire becomes a Decimal.

`Decimal()` itself is too generous: it takes "NaN", " 1", "1_000", "٣" and "1e1000000". A venue's number must
match the grammar in full before it is converted.
"""

import re
from decimal import Context, Decimal

from feeds.errors import BadFrame

INTEGER_DIGITS = 12
FRACTION_DIGITS = 18

_PLAIN = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,18})?")
# HTX sends small numbers as 9.2E-7. Two digits of exponent, and the value has to fit the plain form as well.
_NUMBER = re.compile(rb"[0-9]{1,12}(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?")
_SMALLEST = Decimal(1).scaleb(-FRACTION_DIGITS)
_LIMIT = Decimal(10) ** INTEGER_DIGITS
# Python's default context has 28 digits and raises where a number needs all 30.
_EXACT = Context(prec=INTEGER_DIGITS + FRACTION_DIGITS)


def parse_decimal(text: str) -> Decimal:
    """The exact value of a plain decimal string such as "58001.03000000"; BadFrame for anything else."""
    if _PLAIN.fullmatch(text) is None:
        raise BadFrame("decimal", text)
    return Decimal(text)


def parse_number(raw: bytes) -> Decimal:
    """The exact value of an unsigned JSON number literal, exponent form included; BadFrame for anything else."""
    if _NUMBER.fullmatch(raw) is None:
        raise BadFrame("decimal", raw.decode(errors="replace"))
    value = Decimal(raw.decode())
    if value >= _LIMIT or value != value.quantize(_SMALLEST, context=_EXACT):
        raise BadFrame("decimal", raw.decode())
    return value
