"""What the database remembers of an account: kept, and shown as old, until the venue speaks."""

from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar

from django.db.models import OuterRef, Subquery
from msgspec import UNSET, UnsetType

from positions import models
from positions.queries.columns import BALANCE_NUMBERS, ORDER_NUMBERS, POSITION_NUMBERS
from positions.types import Balance, Order, Position
from positions.words import MarginMode, OrderKind, OrderSide, OrderStatus, PositionMode, PositionSide

T = TypeVar("T")

_OPEN: Final = [status.value for status in OrderStatus if not status.is_end]


class Known(NamedTuple):
    """The open positions and orders, the newest balances, and until when all fills were read, by the venue's clock."""

    positions: tuple[Position, ...] = ()
    orders: tuple[Order, ...] = ()
    balances: tuple[Balance, ...] = ()
    fills_read_at: datetime | None = None


def known_of(account_id: int) -> Known:
    """Blocking; for the database's thread."""
    return Known(
        positions=open_positions(account_id),
        orders=open_orders(account_id),
        balances=tuple(map(_balance, _newest_balances(account_id))),
        fills_read_at=models.Account.objects.filter(pk=account_id).values_list("fills_read_at", flat=True).first(),
    )


def open_positions(account_id: int) -> tuple[Position, ...]:
    """By symbol and side. Blocking."""
    rows = models.Position.objects.filter(account=account_id, closed_at=None).order_by("symbol", "side")
    return tuple(map(_position, rows))


def open_orders(account_id: int) -> tuple[Order, ...]:
    """By symbol, the newest first. Blocking."""
    rows = models.Order.objects.filter(account=account_id, status__in=_OPEN).order_by("symbol", "-updated_at")
    return tuple(map(_order, rows))


def _position(row: models.Position) -> Position:
    return Position(
        symbol=row.symbol,
        side=PositionSide(row.side),
        margin_mode=MarginMode(row.margin_mode) if row.margin_mode else UNSET,
        position_mode=PositionMode(row.position_mode) if row.position_mode else UNSET,
        margin_coin=row.margin_coin or UNSET,
        updated_at=row.updated_at,
        **_told(row, POSITION_NUMBERS),
    )


def _order(row: models.Order) -> Order:
    return Order(
        order_id=row.order_id,
        client_id=row.client_id or UNSET,
        symbol=row.symbol,
        kind=OrderKind(row.kind),
        status=OrderStatus(row.status),
        side=OrderSide(row.side) if row.side else UNSET,
        position_side=PositionSide(row.position_side) if row.position_side else UNSET,
        action=row.action or UNSET,
        margin_mode=MarginMode(row.margin_mode) if row.margin_mode else UNSET,
        is_reduce_only=_or_unset(row.is_reduce_only),
        created_at=_or_unset(row.created_at),
        updated_at=row.updated_at,
        **_told(row, ORDER_NUMBERS),
    )


def _balance(row: models.BalanceSnapshot) -> Balance:
    return Balance(coin=row.coin, **_told(row, BALANCE_NUMBERS))


def _newest_balances(account_id: int) -> list[models.BalanceSnapshot]:
    """The last snapshot of each coin."""
    snapshots = models.BalanceSnapshot.objects.filter(account=account_id)
    newest = snapshots.filter(coin=OuterRef("coin")).order_by("-taken_at", "-id").values("id")[:1]
    return list(snapshots.filter(id=Subquery(newest)).order_by("coin"))


def _told(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _or_unset(getattr(row, name)) for name in names}


def _or_unset(value: T | None) -> T | UnsetType:
    """An empty column does not say which of the two it was, so the venue is taken not to have told it."""
    return UNSET if value is None else value
