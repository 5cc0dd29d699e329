"""Trades and states for tests, told apart by a number."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from feeds.storage.latest import LoggedTrade, PriceState
from feeds.storage.logged import LoggedQuote
from feeds.types import Quote, Side, Trade

NOON: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def trade(number: int = 1, price: str = "76000.10", size: str = "0.01", symbol: str = "BTCUSDT") -> Trade:
    """As a venue says it; one a second."""
    traded_at = NOON + timedelta(seconds=number)
    return Trade(symbol, str(number), Decimal(price), Decimal(size), Side.BUY, traded_at)


def logged(
    number: int = 1, venue: str = "binance", instrument: str = "BTC-USDT", price: str = "76000.10"
) -> LoggedTrade:
    """As the log carries it; received 20 ms after it happened."""
    said = trade(number, price)
    return LoggedTrade(
        venue=venue,
        instrument=instrument,
        trade_id=said.trade_id,
        price=said.price,
        size=said.size,
        side=said.side,
        traded_at=said.traded_at,
        received_at=said.traded_at + timedelta(milliseconds=20),
    )


def quote(bid: str = "76000.00", ask: str = "76000.20", quoted_at: datetime | None = None) -> Quote:
    """As a venue says it."""
    return Quote("BTCUSDT", Decimal(bid), Decimal("1.50"), Decimal(ask), Decimal("0.250"), quoted_at)


def logged_quote(
    second: float = 0.0, venue: str = "binance", bid: str = "76000.00", ask: str = "76000.20"
) -> LoggedQuote:
    """As the log carries it; received so many seconds after noon, said 20 ms before."""
    received_at = NOON + timedelta(seconds=second)
    told = quote(bid, ask)
    book = (told.bid, told.bid_size, told.ask, told.ask_size)
    return LoggedQuote(venue, "BTC-USDT", *book, received_at - timedelta(milliseconds=20), received_at)


def price_state(fence: int = 1, version: int = 1) -> PriceState:
    """The newest price as of this fence and version."""
    shown = logged(version)
    return PriceState(
        fence=fence,
        version=version,
        feed="main",
        instrument=shown.instrument,
        venue=shown.venue,
        price=shown.price,
        size=shown.size,
        side=shown.side,
        trade_id=shown.trade_id,
        traded_at=shown.traded_at,
        received_at=shown.received_at,
        seen_at=shown.received_at,
    )


def numbers(trades: Iterable[LoggedTrade]) -> list[int]:
    return [int(trade.trade_id) for trade in trades]


def nobody(*_: object) -> None:
    """Whom nothing has to be told."""
