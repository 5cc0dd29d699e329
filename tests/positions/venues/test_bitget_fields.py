"""How single members of BitGet's objects are read."""

from decimal import Decimal

import pytest
from msgspec import UNSET

from feeds.errors import BadFrame
from positions.venues.bitget_fields import Fields, decode_any


@pytest.mark.parametrize(
    ("json", "text"),
    [
        ('"0.0040"', "0.0040"),
        ('"-5.882918946895"', "-5.882918946895"),
        ("10", "10"),
        ("-1.50", "-1.50"),
        ('"76671.4381686055379793"', "76671.4381686055379793"),
        ("1e-7", "0.0000001"),
        ("1e17", "100000000000000000"),
        ('"0.00000000"', "0.00000000"),
    ],
)
def test_number_keeps_every_digit_of_the_wire(json: str, text: str) -> None:
    """M-08: signed, as a number or as text, and never a float in between."""
    number = Fields(decode_any(f'{{"n":{json}}}')).number("n")
    assert isinstance(number, Decimal)
    assert format(number, "f") == text


@pytest.mark.parametrize(
    "json",
    [
        '"NaN"',
        '"Infinity"',
        '" 1"',
        '"1_000"',
        '"٣"',
        '"111,1"',
        '"+1"',
        '"1e999"',
        '"1e30"',
        "1e18",
        "1e-31",
        '"--1"',
        '"."',
        "true",
        "[]",
        "{}",
    ]
    + [f'"{"9" * 19}"', f'"0.{"1" * 31}"'],
)
def test_what_is_no_number_is_a_bad_frame(json: str) -> None:
    """M-08: quarantined, not guessed."""
    with pytest.raises(BadFrame):
        Fields(decode_any(f'{{"n":{json}}}')).number("n")


def test_missing_empty_and_zero_are_three_answers() -> None:
    """B9: missing is not zero; an empty text and null are none."""
    fields = Fields({"empty": "", "null": None, "zero": "0"})
    assert [fields.number(name) for name in ("absent", "empty", "null", "zero")] == [UNSET, None, None, Decimal(0)]


def test_price_of_zero_or_below_is_none() -> None:
    """B-09: such as the liquidation price of who cannot be liquidated."""
    fields = Fields({"negative": "-5.88", "zero": "0.00000", "some": "0.1"})
    assert [fields.price(name) for name in ("negative", "zero", "some")] == [None, None, Decimal("0.1")]


def test_first_of_several_names_wins_and_the_rest_stays() -> None:
    """Spot has two kinds of frozen sums."""
    fields = Fields({"locked": "0", "frozen": "7", "unheard": {"of": 1}})
    assert fields.number("frozen", "locked") == Decimal(7)
    assert fields.raw == {"locked": "0", "unheard": {"of": 1}}


def test_unknown_word_stays_as_it_came() -> None:
    """Known ones are read in any case of letters."""
    fields = Fields({"mode": "Crossed", "other": "portfolio"})
    words = {"crossed": 1}
    assert (fields.word(words, "mode"), fields.word(words, "other")) == (1, UNSET)
    assert fields.raw == {"other": "portfolio"}


def test_time_of_zero_is_none_and_one_beyond_the_calendar_is_bad() -> None:
    """Milliseconds since 1970, as a number or as text."""
    assert Fields({"t": "0"}).time("t") is None
    assert Fields({"t": 1}).time("t") == Fields({"t": "1"}).time("t")
    for bad in ("-1", "1.5", "9" * 20, "soon"):
        with pytest.raises(BadFrame):
            Fields({"t": bad}).time("t")


@pytest.mark.parametrize("word", ["", None, "x" * 65, "nul\x00", "line\n", 1.5, ["1"], {"a": 1}, True])
def test_id_that_no_column_takes_is_a_bad_frame(word: object) -> None:
    """M-08: mandatory, printable, and not too long for the database."""
    with pytest.raises(BadFrame):
        Fields({"orderId": word}).name("orderId")


@pytest.mark.parametrize("row", [None, 1, "row", ["row"]])
def test_row_that_is_no_object_is_a_bad_frame(row: object) -> None:
    """Only trades of the first generation are lists."""
    with pytest.raises(BadFrame):
        Fields(row)
