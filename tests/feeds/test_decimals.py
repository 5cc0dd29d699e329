"""Text becomes a Decimal by one strict grammar."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.decimals import parse_decimal, parse_number
from feeds.errors import BadFrame

DIGITS = "0123456789"
PLAIN = st.builds(
    lambda whole, fraction: f"{whole}.{fraction}" if fraction else whole,
    st.text(DIGITS, min_size=1, max_size=12),
    st.text(DIGITS, max_size=18),
)
# What looks like a number to somebody: Python's Decimal takes most of these.
IMPOSTORS = [
    "", ".", "1.", ".5", "-1", "+1", " 1", "1 ", "1\n", "1_000", "1,000", "0x1", "NaN", "sNaN", "Infinity", "inf",
    "1e5", "1E-7", "1e1000000", "٣", "１", "²", "1.2.3", "1" * 13, "0." + "0" * 18 + "1", "\x001", "abc", "null",
]  # fmt: skip


@given(PLAIN)
def test_plain_number_keeps_its_value_and_its_zeros(text: str) -> None:
    """E24: every number of up to 12 and 18 digits is taken, digit by digit."""
    value = parse_decimal(text)
    assert value == Decimal(text)
    assert -value.as_tuple().exponent == len(text.partition(".")[2])  # type: ignore[operator]


@pytest.mark.parametrize("text", IMPOSTORS)
def test_what_is_no_plain_number_is_a_bad_frame(text: str) -> None:
    """E24 F-13: NaN, signs, blanks, other alphabets and exponents never become a price."""
    with pytest.raises(BadFrame) as refusal:
        parse_decimal(text)
    assert refusal.value.reason == "decimal"


@given(st.text())
def test_any_text_is_a_number_or_a_bad_frame(text: str) -> None:
    """E24: nothing else escapes, and what is taken is ASCII digits with at most one point."""
    try:
        value = parse_decimal(text)
    except BadFrame:
        return
    assert set(text) <= {*DIGITS, "."}
    assert value.is_finite()


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        (b"9.2E-7", "0.00000092"),
        (b"1.8e-4", "0.00018"),
        (b"6E-18", "0.000000000000000006"),
        (b"5e+3", "5000"),
        (b"77523.25", "77523.25"),
        (b"0", "0"),
    ],
)
def test_number_literal_may_have_an_exponent(raw: bytes, plain: str) -> None:
    """HTX sends small sizes as 9.2E-7: the exact value counts."""
    assert parse_number(raw) == Decimal(plain)


@pytest.mark.parametrize(
    "raw", [b"", b"-1", b"1e99", b"1e12", b"1e-19", b"1E999", b"1e1000000", b"NaN", b'"1"', b"1 ", b"\xff", b"1.5e-18"]
)
def test_number_literal_has_to_fit_the_plain_form(raw: bytes) -> None:
    """E24: an exponent is no way around the 12 and 18 digits."""
    with pytest.raises(BadFrame):
        parse_number(raw)


@given(st.binary() | st.from_regex(rb"\A[0-9]{1,12}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,2})?\Z"))
def test_any_bytes_are_a_number_or_a_bad_frame(raw: bytes) -> None:
    """E24: what is taken fits the column, to the last digit."""
    try:
        value = parse_number(raw)
    except BadFrame:
        return
    assert 0 <= value < 10**12
    assert (Fraction(value) * 10**18).denominator == 1
