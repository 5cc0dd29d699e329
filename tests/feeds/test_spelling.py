"""Whether a symbol can be what it is said to be."""

import pytest

from feeds.spelling import objection
from feeds.venues import REGISTRY


@pytest.mark.parametrize("code", REGISTRY)
def test_own_spelling_is_accepted(code: str) -> None:
    """F-01: at every venue, of every currency."""
    dialect = REGISTRY[code]
    assert [objection(dialect.symbol(*pair), *pair, dialect) for pair in (("BTC", "USDT"), ("ETH", "BTC"))] == ["", ""]


@pytest.mark.parametrize(
    ("code", "symbol", "base", "quote"),
    [
        ("kraken", "XBT/USDT", "BTC", "USDT"),
        ("kraken", "XDG/USD", "DOGE", "USD"),
        ("binance", "LUNCUSDT", "TERRA", "USDT"),
    ],
)
def test_other_name_of_the_base_is_accepted(code: str, symbol: str, base: str, quote: str) -> None:
    """V-07: the currency of the price is the same."""
    assert objection(symbol, base, quote, REGISTRY[code]) == ""


@pytest.mark.parametrize(
    ("code", "symbol", "base", "quote"),
    [
        ("kraken", "BTC/USD", "BTC", "USDT"),
        ("kraken", "BTC/USDT", "BTC", "USD"),
        ("binance", "BTCUSD", "BTC", "USDT"),
        ("binance", "BTCFDUSD", "BTC", "USD"),
        ("htx", "BTCUSDT", "BTC", "USDT"),
        ("okx", "BTC-USDT-SWAP", "BTC", "USDT"),
        ("kucoin", "-USDT", "BTC", "USDT"),
        ("gateio", "", "BTC", "USDT"),
    ],
)
def test_other_currency_and_other_form_are_refused(code: str, symbol: str, base: str, quote: str) -> None:
    """V-07: USDT and USD are two books; the sentence says what would do."""
    told = objection(symbol, base, quote, REGISTRY[code])
    assert f"writes {base}-{quote} as {REGISTRY[code].symbol(base, quote)}" in told
    assert "add an instrument of its own" in told
