"""Which trades are kept."""

import pytest

from feeds.market.validation import REMEMBERED_IDS, Validation, Verdict
from tests.feeds.samples import trade


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
