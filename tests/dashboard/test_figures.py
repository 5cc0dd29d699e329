"""How numbers and ages read."""

from datetime import timedelta

import pytest

from dashboard.feed.parts import VenueLine
from dashboard.templatetags.figures import age, flaw_reasons, flaws, price, size
from tests.dashboard.samples import NOON


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("64123.45000000", "64,123.45"),
        ("1234567", "1,234,567.00"),
        ("0.00000123", "0.00000123"),
        ("123456.123456789012", "123,456.123456789012"),
        ("1E-8", "0.00000001"),
        ("-0.5", "-0.50"),
        ("-1234.5", "-1,234.50"),
    ],
)
def test_a_price_is_grouped_and_keeps_every_digit_that_counts(number: str, text: str) -> None:
    """Zeros at the end go, but for the cents; nothing is rounded."""
    assert price(number) == text


def test_a_size_has_at_least_five_decimals() -> None:
    """Sizes stand under each other."""
    assert size("0.5") == "0.50000"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0.0 s"), (0.49, "0.4 s"), (9.99, "9.9 s"), (12.9, "12 s"), (61, "1 min"), (7200, "2 h"), (2e5, "2 d")],
)
def test_an_age_reads_in_its_natural_unit(seconds: float, text: str) -> None:
    """Never rounded up: an age is at least what it says."""
    assert age(NOON, NOON + timedelta(seconds=seconds)) == text


def test_no_data_has_no_age() -> None:
    """A dash, and not zero."""
    assert age(None, NOON) == "–"


def line(
    rejected: dict[str, int], quarantined: dict[str, int], repeated: int = 0, skew_ms: int | None = None
) -> VenueLine:
    return VenueLine(
        code="htx",
        name="HTX",
        priority=1,
        state="connected",
        rejected=rejected,
        quarantined=quarantined,
        repeated=repeated,
        skew_ms=skew_ms,
    )


@pytest.mark.parametrize(
    ("venue", "total", "reasons"),
    [
        (line({}, {}), "", ""),
        (line({}, {}, 40, -190), "", "Repeated: 40. Clock: 0.1 s behind."),
        (line({"symbol": 2, "json": 1200}, {}), "1,202 rejected", "Rejected: json 1,200, symbol 2."),
        (
            line({"json": 1}, {"order": 3, "clock": 3}, 1, 3_600_049),
            "1 rejected, 6 held back, clock 3,600.0 s ahead",
            "Rejected: json 1. Held back: clock 3, order 3. Repeated: 1. Clock: 3,600.0 s ahead.",
        ),
    ],
    ids=str,
)
def test_flaws_read_as_totals_and_by_reason(venue: VenueLine, total: str, reasons: str) -> None:
    """F-14 F-16: the most frequent reason comes first; repeats are no flaw, nor is a clock that is off by little."""
    assert (flaws(venue), flaw_reasons(venue)) == (total, reasons)
