"""An account that tests of the board ask about: long bitcoin, with a take-profit and a stop-loss."""

from datetime import datetime
from decimal import Decimal

from positions.plan import AccountPlan
from positions.types import Order, Position, Ticker
from positions.words import AccountKind, Environment, MarginMode, OrderKind, OrderStatus, PositionMode, PositionSide
from tests.feeds.samples import NOON

PLAN = AccountPlan(7, "main", Environment.LIVE, AccountKind.CLASSIC, "relaxed", 1, "1001", is_first=True)


def long(size: str = "0.5", symbol: str = "BTCUSDT") -> Position:
    return Position(
        symbol=symbol,
        side=PositionSide.LONG,
        margin_mode=MarginMode.CROSSED,
        position_mode=PositionMode.HEDGE,
        size=Decimal(size),
        entry_price=Decimal(60_000),
        liquidation_price=Decimal(48_000),
        margin=Decimal(3_000),
        unrealized_pnl=Decimal(-1),
        roe=Decimal("-0.5"),
        updated_at=NOON,
    )


def trigger(order_id: str, kind: OrderKind, price: str, symbol: str = "BTCUSDT") -> Order:
    return Order(
        order_id=order_id,
        symbol=symbol,
        kind=kind,
        status=OrderStatus.LIVE,
        position_side=PositionSide.LONG,
        trigger_price=Decimal(price),
        size=Decimal("0.5"),
        updated_at=NOON,
    )


def ticker(mark: str, told_at: datetime | None = None, symbol: str = "BTCUSDT") -> Ticker:
    return Ticker(symbol=symbol, mark_price=Decimal(mark), told_at=told_at)
