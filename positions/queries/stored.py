"""Accounts as the database knows them, in the shapes of Redis: for a page while no worker tells anything newer."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from positions.board import numbers
from positions.latest import BalanceLine, OrderLine, OrdersState, PositionLine, PositionsState
from positions.models import Account, BalanceSnapshot, Order, Position, PositionChange
from positions.words import OrderStatus

CHANGES_SHOWN = 10
_OPEN = [status.value for status in OrderStatus if not status.is_end]
_PERCENT = 100


class ChangeView(NamedTuple):
    """A position was opened, grew, shrank or was closed."""

    symbol: str
    side: str
    kind: str
    size_before: Decimal | None
    size_after: Decimal | None
    source: str
    noticed_at: datetime


class StoredAccount(NamedTuple):
    """What was stored last. Nothing in it is believed to be so still: `stale_since_at` of each state is its age."""

    is_enabled: bool
    positions: PositionsState
    orders: OrdersState
    balances: list[BalanceLine]
    changes: list[ChangeView]


def stored_accounts(ids: Collection[int]) -> dict[int, StoredAccount]:
    """Those of these accounts that exist. Blocking."""
    known = Account.objects.filter(id__in=ids).order_by("id").values_list("id", "is_enabled")
    return {account: _stored_account(account, is_enabled) for account, is_enabled in known}


def _stored_account(account: int, is_enabled: bool) -> StoredAccount:
    return StoredAccount(is_enabled, _positions(account), _orders(account), _balances(account), _changes(account))


def _positions(account: int) -> PositionsState:
    """Without an open one nobody knows whether the account is flat."""
    rows = list(Position.objects.filter(account=account, closed_at=None).order_by("symbol", "side"))
    return PositionsState(
        fence=0,
        version=0,
        account=account,
        positions=[_position_line(row) for row in rows],
        is_known=bool(rows),
        stale_since_at=max((row.updated_at for row in rows), default=None),
    )


def _position_line(row: Position) -> PositionLine:
    return PositionLine(
        symbol=row.symbol,
        side=row.side,
        size=row.size,
        margin_mode=row.margin_mode,
        position_mode=row.position_mode,
        margin_coin=row.margin_coin,
        entry_price=row.entry_price,
        mark_price=row.mark_price,
        break_even_price=row.break_even_price,
        liquidation_price=row.liquidation_price,
        liquidation_percent=numbers.distance_percent(row.mark_price, row.liquidation_price),
        leverage=row.leverage,
        margin=row.margin,
        margin_ratio=row.margin_ratio,
        pnl=row.unrealized_pnl,
        pnl_percent=numbers.percent_of_notional(row.unrealized_pnl, row.size, row.entry_price),
        roe_percent=None if row.roe is None else row.roe * _PERCENT,
        venue_pnl=row.unrealized_pnl,
        realized_pnl=row.realized_pnl,
        funding_fee=row.funding_fee,
        updated_at=row.updated_at,
    )


def _orders(account: int) -> OrdersState:
    rows = list(Order.objects.filter(account=account, status__in=_OPEN).order_by("symbol", "-updated_at"))
    return OrdersState(
        fence=0,
        version=0,
        account=account,
        orders=[_order_line(row) for row in rows],
        is_known=bool(rows),
        stale_since_at=max((row.updated_at for row in rows), default=None),
    )


def _order_line(row: Order) -> OrderLine:
    return OrderLine(
        order_id=row.order_id,
        symbol=row.symbol,
        kind=row.kind,
        status=row.status,
        side=row.side,
        position_side=row.position_side,
        action=row.action,
        price=row.price,
        trigger_price=row.trigger_price,
        size=row.size,
        filled=row.filled,
        is_reduce_only=row.is_reduce_only,
        updated_at=row.updated_at,
    )


def _balances(account: int) -> list[BalanceLine]:
    """The newest snapshot of each coin, one step in the index each: there are many snapshots."""
    fields = ("coin", "equity", "available", "frozen", "usdt_equity", "unrealized_pnl")
    rows = BalanceSnapshot.objects.filter(account=account).order_by("coin", "-taken_at", "-id")
    lines, row = [], rows.first()
    while row:
        lines.append(BalanceLine(**{name: getattr(row, name) for name in fields}))
        row = rows.filter(coin__gt=row.coin).first()
    return lines


def _changes(account: int) -> list[ChangeView]:
    """The newest first."""
    rows = PositionChange.objects.filter(account=account).order_by("-noticed_at", "-id")
    return [ChangeView(*row) for row in rows.values_list(*ChangeView._fields)[:CHANGES_SHOWN]]
