"""How the numbers of an account read."""

from decimal import Decimal

import pytest

from dashboard.accounts import figures
from dashboard.accounts.parts import Figure
from positions.board import numbers
from positions.words import PositionSide


@pytest.mark.parametrize(
    ("number", "text", "tone"),
    [
        ("1.234", "+1.23", "gain"),
        ("-0.5", "-0.50", "loss"),
        ("0", "0.00", "gain"),
        ("-0.004", "0.00", "gain"),
        ("-0.006", "-0.01", "loss"),
        ("-1234567.891", "-1,234,567.89", "loss"),
    ],
)
def test_a_sum_has_its_sign_two_decimals_and_a_colour_that_agrees(number: str, text: str, tone: str) -> None:
    """B-18: what is shown as zero is neither minus zero nor a loss."""
    assert (figures.signed(Decimal(number)), figures.tone(Decimal(number))) == (text, tone)


def test_the_sample_of_the_venue_reads_right() -> None:
    """B-17: -0.0032 USDT on 0.001 BTC at 43849 is -0.0073 % on notional, and -0.146 % of a margin of 2.19245."""
    pnl, size, entry = Decimal("-0.0032"), Decimal("0.001"), Decimal(43849)
    on_notional = numbers.percent_of_notional(pnl, size, entry)
    assert figures.pnl(pnl, on_notional, "USDT") == "0.00 USDT (-0.01%)"
    assert figures.signed_percent(numbers.percent(pnl, Decimal("2.19245"))) == "-0.15%"
    assert numbers.pnl(PositionSide.LONG, size, entry, Decimal(43850)) == Decimal("0.001")


def test_a_number_that_is_absurd_is_shown_all_the_same() -> None:
    """M-08: what has more digits than usual takes no page down."""
    for number in (Decimal("1e27"), Decimal("-1E+98"), Decimal("9" * 40)):
        assert figures.pnl(number, number, "USDT").count(f"{number:,.0f}.00") == 2
        assert figures.distance(number, number).endswith(".0 ATR")
        assert figures.short(number) == Figure(f"{number:,.0f}")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("76002.198333333333", "76,002.198"),
        ("1234567.891234", "1,234,567.89"),
        ("9619.146381033333", "9,619.1464"),
        ("0.000012345678912", "0.000012345679"),
        ("-1.95808333333335", "-1.9580833"),
        ("0.999999999", "1"),
    ],
)
def test_a_number_that_was_computed_is_shown_to_eight_digits(number: str, text: str) -> None:
    """What has more than fits a column; its title has every digit."""
    assert figures.short(Decimal(number)) == Figure(text, figures.plain(Decimal(number)))


@pytest.mark.parametrize("number", ["76020.71", "0.06", "100000000000", "0", "0E-18", "1E-30"])
def test_a_number_that_fits_is_shown_as_it_is(number: str) -> None:
    """And has no title."""
    assert figures.short(Decimal(number)) == Figure(figures.plain(Decimal(number)))


def test_a_short_price_has_its_cents() -> None:
    """As any price."""
    assert figures.short_price(Decimal("76093.5000000001")) == Figure("76,093.50", "76,093.5000000001")
    assert figures.short_price(None) == Figure("–")


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (figures.pnl(Decimal("34.695"), Decimal("0.3614"), "USDT"), "+34.70 USDT (+0.36%)"),
        (figures.pnl(Decimal("-1.5"), None, "USDT"), "-1.50 USDT"),
        (figures.pnl(None, Decimal(1), "USDT"), "–"),
        (figures.plain(Decimal("1234.500")), "1,234.5"),
        (figures.plain(Decimal("0.00000001"), "BTC"), "0.00000001 BTC"),
        (figures.plain(None), "–"),
        (figures.price(Decimal(64000)), "64,000.00"),
        (figures.percent(Decimal("0.0123")), "1.23%"),
        (figures.distance(Decimal("-3.474")), "3.47% away"),
        (figures.distance(Decimal("9.546"), Decimal("12.41")), "9.55% away, 12.4 ATR"),
        (figures.distance(None), ""),
        (figures.leverage(Decimal("10.0")), "10×"),
    ],
)
def test_figures_read_like_this(shown: str, text: str) -> None:
    """Every digit of a size, cents of a sum, a dash for what nobody knows."""
    assert shown == text
