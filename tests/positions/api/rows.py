"""Rows of accounts for tests of the API: one of each table, at noon."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from positions.models import Account, BalanceSnapshot, Drift, Fill, Order, Position, PositionChange
from tests.feeds.samples import NOON

SIZE = Decimal("0.00000001")
PRICE = Decimal("64250.100000000000000001")


def position(account: Account, at: datetime = NOON, **columns: Any) -> Position:
    row = {"symbol": "BTCUSDT", "side": "long", "size": SIZE, "entry_price": PRICE}
    return Position.objects.create(account=account, **{**row, "opened_at": at, "updated_at": at, **columns})


def order(account: Account, at: datetime = NOON, **columns: Any) -> Order:
    row = {"order_id": "1", "symbol": "BTCUSDT", "kind": "limit", "status": "live", "side": "buy"}
    return Order.objects.create(account=account, **{**row, "updated_at": at, **columns})


def change(account: Account, at: datetime = NOON, **columns: Any) -> PositionChange:
    row = {"symbol": "BTCUSDT", "side": "long", "kind": "opened", "source": "stream", "size_after": SIZE}
    return PositionChange.objects.create(account=account, **{**row, "happened_at": at, "noticed_at": at, **columns})


def fill(account: Account, at: datetime = NOON, **columns: Any) -> Fill:
    row = {"fill_id": "1", "order_id": "1", "symbol": "BTCUSDT", "side": "buy", "price": PRICE, "size": SIZE}
    return Fill.objects.create(account=account, **{**row, "filled_at": at, **columns})


def balance(account: Account, at: datetime = NOON, **columns: Any) -> BalanceSnapshot:
    return BalanceSnapshot.objects.create(
        account=account, **{"coin": "USDT", "equity": PRICE, "taken_at": at, **columns}
    )


def drift(account: Account, at: datetime = NOON, **columns: Any) -> Drift:
    row = {"subject": "order 1", "field": "status", "stream_value": "live", "rest_value": "filled"}
    return Drift.objects.create(account=account, **{**row, "noticed_at": at, **columns})


def one_of_each(account: Account, at: datetime = NOON) -> None:
    for make in (position, order, change, fill, balance, drift):
        make(account, at)
