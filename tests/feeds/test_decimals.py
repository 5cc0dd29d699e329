"""Text becomes a Decimal by one strict grammar."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.decimals import parse_decimal, parse_number
from feeds.errors import BadFrame
from feeds.types import Side, as_quote, as_trade
from tests.feeds.venues.judgement import is_plain

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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


SEEDS, TEXTS_PER_SEED = 500, 2_000
# What is put somewhere into a good number to make it a bad one; doubled digits and points count as well.
SPOILERS = (*" \t\n\r+-_,.eExX٣１²\x00\u2028\ufeff", "e5", "E-7", "NaN", "inf", "Infinity", "0" * 19, "9" * 13)


def good(chance: Random) -> str:
    """Any length of either part that the grammar allows, zeros in front included."""
    whole = f"{chance.randrange(10**12):012}"[: chance.randint(1, 12)]
    fraction = f"{chance.randrange(10**18):018}"[: chance.randint(0, 18)]
    return f"{whole}.{fraction}" if fraction else whole


def bad(chance: Random) -> str:
    """A good number with something in it, unless that leaves it good: then it is none at all."""
    text = good(chance)
    place = chance.randint(0, len(text))
    text = text[:place] + chance.choice(SPOILERS) + text[place:]
    return "" if is_plain(text) else text


def million(judge: Callable[[Random], bool]) -> int:
    """How many of a million texts were judged, before one was judged wrong and its seed shrunk."""
    judged = 0

    @settings(max_examples=SEEDS, deadline=None, database=None)
    @given(st.integers(0, 2**32 - 1))
    def judge_many(seed: int) -> None:
        nonlocal judged
        chance = Random(seed)
        for _ in range(TEXTS_PER_SEED):
            assert judge(chance)
            judged += 1

    judge_many()
    return judged


def test_no_good_number_in_a_million_is_refused() -> None:
    """E24: each keeps every digit, by a judgement that knows neither the expression nor `Decimal`'s own grammar."""

    def is_exact(chance: Random) -> bool:
        text = good(chance)
        return is_plain(text) and f"{parse_decimal(text):f}".zfill(len(text)) == text

    assert million(is_exact) >= 1_000_000


def test_no_bad_number_in_a_million_is_taken() -> None:
    """E24: a blank, a sign, another alphabet, a digit too many: one of them anywhere is enough."""

    def is_refused(chance: Random) -> bool:
        try:
            parse_decimal(bad(chance))
        except BadFrame:
            return True
        return False

    assert million(is_refused) >= 1_000_000


@pytest.mark.parametrize("numbers", [("1 2", ""), ("", "1 2"), ("1 2", "3"), ("1", "2 3"), ("1 ", "2"), ("", "")])
def test_one_text_never_passes_for_two_numbers(numbers: tuple[str, str]) -> None:
    """E24: they are matched together, with a blank between them that no number may hold itself."""
    with pytest.raises(BadFrame):
        as_trade("BTC-USDT", "1", *numbers, Side.BUY, EPOCH)
    with pytest.raises(BadFrame):
        as_quote("BTC-USDT", *numbers, "3", "4")
    with pytest.raises(BadFrame):
        as_quote("BTC-USDT", "3", "4", *numbers)
