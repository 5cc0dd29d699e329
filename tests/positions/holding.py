"""Positions, orders and fills for tests; the venue's times are seconds after noon."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec import UNSET, UnsetType

from positions.book.book import Book, PositionChanged, Source
from positions.types import AccountEvent, Balance, Fill, Order, Position
from positions.words import OrderSide, OrderStatus, PositionSide
from tests.feeds.samples import NOON

LONG, SHORT = PositionSide.LONG, PositionSide.SHORT
STREAM, REST = Source.STREAM, Source.REST
_TEXTS = ("symbol", "client_id", "action", "margin_coin", "cancel_reason")


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def position(size: Any = UNSET, symbol: str = "BTCUSDT", side: PositionSide = LONG, **told: Any) -> Position:
    """What a message says: text for a number, seconds for `updated_at`."""
    return Position(symbol=symbol, side=side, **_values(size=size, **told))


def order(status: OrderStatus | UnsetType = UNSET, order_id: str = "1", **told: Any) -> Order:
    return Order(order_id=order_id, status=status, **_values(**told))


def balance(coin: str = "USDT", **told: Any) -> Balance:
    return Balance(coin=coin, **_values(**told))


def fill(fill_id: str = "1", filled: float = 0, order_id: str = "1", **more: Any) -> Fill:
    return Fill(
        fill_id=fill_id,
        order_id=order_id,
        symbol="BTCUSDT",
        side=OrderSide.BUY,
        price=Decimal("76000.1"),
        size=Decimal("0.01"),
        filled_at=at(filled),
        **more,
    )


def told(book: Book, event: AccountEvent, source: Source = STREAM, now: float = 60) -> list[tuple[str, str, str]]:
    """What the book tells of positions: symbol, side and kind of each change."""
    changes = [each for each in book.hear(event, source, at(now)) if isinstance(each, PositionChanged)]
    return [(each.position.symbol, each.position.side.value, each.kind.value) for each in changes]


def _values(**told: Any) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in told.items()}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, int | float) and name == "updated_at":
        return at(value)
    return Decimal(value) if type(value) is str and name not in _TEXTS else value
