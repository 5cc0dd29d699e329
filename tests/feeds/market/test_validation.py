"""Which trades are kept."""

from datetime import timedelta

import pytest

from feeds.market.validation import REMEMBERED_IDS, Validation, Verdict, is_timely
from tests.feeds.samples import NOON, trade


@pytest.mark.parametrize(
    ("price", "verdict"),
    [
        ("0", Verdict.PRICE_BOUNDS),
        ("0.000000000000000001", Verdict.ACCEPTED),
        ("1000000", Verdict.ACCEPTED),
        ("1000000.000000000000000000", Verdict.ACCEPTED),
        ("1000000.000000000000000001", Verdict.PRICE_BOUNDS),
        ("1000000.01", Verdict.PRICE_BOUNDS),
        ("999999999999", Verdict.PRICE_BOUNDS),
    ],
)
def test_price_is_above_zero_and_at_most_a_million(price: str, verdict: Verdict) -> None:
    """F-13: the bounds are exact. What is no number at all never gets this far."""
    assert Validation().judge(trade(price=price)) is verdict


def test_size_is_above_zero() -> None:
    """A trade of nothing is none."""
    assert Validation().judge(trade(size="0")) is Verdict.SIZE_BOUNDS


def test_repeated_id_is_a_duplicate_of_its_symbol_only() -> None:
    """E25: ids are the symbol's, not the venue's."""
    validation = Validation()
    verdicts = [validation.judge(trade(7, symbol=symbol)) for symbol in ("BTCUSDT", "BTCUSDT", "ETHUSDT")]
    assert verdicts == [Verdict.ACCEPTED, Verdict.DUPLICATE, Verdict.ACCEPTED]


def test_refused_trade_is_not_remembered() -> None:
    """The same id with a price that may be kept is kept."""
    validation = Validation()
    validation.judge(trade(7, price="0"))
    assert validation.judge(trade(7)) is Verdict.ACCEPTED


def test_memory_of_ids_is_bounded() -> None:
    """E25: the last 10 000 ids are known, the one before them is forgotten."""
    validation = Validation()
    for number in range(REMEMBERED_IDS + 1):
        validation.judge(trade(number))
    assert validation.judge(trade(1)) is Verdict.DUPLICATE
    assert validation.judge(trade(0)) is Verdict.ACCEPTED


@pytest.mark.parametrize(
    ("ahead", "is_true"), [(5.0, True), (5.001, False), (0.0, True), (-60.0, True), (-60.001, False)]
)
def test_times_are_held_against_our_clock(ahead: float, is_true: bool) -> None:
    """F-14: more than 5 s in the future or more than 60 s old is not live."""
    assert is_timely(NOON + timedelta(seconds=ahead), NOON) is is_true
