"""What an account's journal writes. Each write may be done again, and by two workers at once, without harm.

Where nothing is told of a column, a row that is there keeps it.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from msgspec import UNSET

from positions import models
from positions.book.change import PositionChanged
from positions.book.holdings import TERMS, key_of
from positions.book.open_orders import REPLACES
from positions.queries.columns import BALANCE_NUMBERS, ORDER_NUMBERS, ORDER_TEXTS, POSITION_NUMBERS, POSITION_TEXTS
from positions.types import Balance, Fill, Order, Position
from positions.words import OrderKind, OrderStatus

M = TypeVar("M", bound=Model)


def store_position(account_id: int, position: Position, at: datetime, *, is_opened: bool) -> None:
    """How it stands now.

    What is closed is opened by `is_opened` alone: a late word of a worker that was replaced opens nothing.
    """
    told = _numbers(position, POSITION_NUMBERS) | _texts(models.Position, position, POSITION_TEXTS)
    told["updated_at"] = updated_at = position.updated_at or at
    is_it = _identity(account_id, position)
    row = models.Position.objects.filter(**is_it)
    with transaction.atomic():
        if row.filter(closed_at=None).exists():
            row.filter(closed_at=None, updated_at__lte=updated_at).update(**told)
        elif is_opened or not row.exists():
            fresh = {**dict.fromkeys(POSITION_NUMBERS), "opened_at": at, "closed_at": None, **told}
            models.Position.objects.update_or_create(**is_it, defaults=fresh)


def close_position(account_id: int, position: Position, at: datetime) -> None:
    """The symbol is flat on this side, in this margin mode. What else is known of it stays, and so does what was told
    after it.
    """
    row = models.Position.objects.filter(**_identity(account_id, position), closed_at=None)
    row.filter(updated_at__lte=max(at, position.updated_at or at)).update(size=Decimal(0), closed_at=at)


def note_position(account_id: int, change: PositionChanged, noticed_at: datetime) -> None:
    """A line of the history."""
    row = {
        "account_id": account_id,
        "symbol": change.position.symbol,
        "side": change.position.side.value,
        "kind": change.kind.value,
        "source": change.source.value,
        "size_before": _told(change.before, "size"),
        "size_after": _told(change.after, "size"),
        "entry_price": _told(change.position, "entry_price"),
        "happened_at": change.at,
        "noticed_at": noticed_at,
    }
    add_unless(models.PositionChange.objects.filter(**row), detail=_terms_changed(change), **row)


def store_order(account_id: int, order: Order, now: datetime) -> None:
    """Never back to an earlier state, nor to less that is filled, whoever else writes."""
    told = _numbers(order, (*ORDER_NUMBERS, "is_reduce_only", "created_at"))
    told |= _texts(models.Order, order, ORDER_TEXTS)
    told["updated_at"] = updated_at = order.updated_at or now
    row = {"kind": OrderKind.OTHER.value, **told, "account_id": account_id, "order_id": order.order_id}
    models.Order.objects.bulk_create([models.Order(**row)], ignore_conflicts=True)
    known = models.Order.objects.filter(account=account_id, order_id=order.order_id, updated_at__lte=updated_at)
    if isinstance(order.status, OrderStatus):
        known = known.filter(status__in=[status.value for status in REPLACES[order.status]])
    if isinstance(order.filled, Decimal):
        known = known.filter(Q(filled=None) | Q(filled__lte=order.filled))
    known.update(**told)


def store_fill(account_id: int, fill: Fill) -> None:
    """Once, whoever tells it."""
    row = models.Fill(
        account_id=account_id,
        fill_id=fill.fill_id,
        order_id=fill.order_id,
        symbol=fill.symbol,
        side=fill.side.value,
        action=fill.action or "",
        price=fill.price,
        size=fill.size,
        fee=fill.fee,
        fee_coin=fill.fee_coin or "",
        pnl=fill.pnl,
        is_maker=fill.is_maker,
        filled_at=fill.filled_at,
    )
    models.Fill.objects.bulk_create([row], ignore_conflicts=True)


def store_balance(account_id: int, balance: Balance, taken_at: datetime) -> None:
    row = {"account_id": account_id, "coin": balance.coin, "taken_at": taken_at}
    add_unless(models.BalanceSnapshot.objects.filter(**row), **row, **_numbers(balance, BALANCE_NUMBERS))


def add_unless(there: QuerySet[M], **row: Any) -> None:
    """Writes a row, if none of these is there already."""
    if not there.exists():
        there.create(**row)


def _identity(account_id: int, position: Position) -> dict[str, Any]:
    """What its row is found by."""
    symbol, side, margin_mode = key_of(position)
    return {"account_id": account_id, "symbol": symbol, "side": side.value, "margin_mode": str(margin_mode)}


def _terms_changed(change: PositionChanged) -> dict[str, list[str]]:
    """What it was and what it is, by name."""
    before, after = change.before, change.after
    if before is None or after is None:
        return {}
    values = {term: [_text(getattr(before, term)), _text(getattr(after, term))] for term in TERMS}
    return {term: [was, became] for term, (was, became) in values.items() if was != became}


def _told(said: Position | None, name: str) -> Decimal | None:
    value = getattr(said, name, None)
    return value if isinstance(value, Decimal) else None


def _numbers(said: Position | Order | Balance, names: Iterable[str]) -> dict[str, Any]:
    """What is told, by column."""
    return {name: value for name in names if (value := getattr(said, name)) is not UNSET}


def _texts(model: type[Model], said: Position | Order, names: Iterable[str]) -> dict[str, Any]:
    """What is told, cut to what its column holds."""
    return {name: _text(value)[: _length(model, name)] for name, value in _numbers(said, names).items()}


def _length(model: type[Model], name: str) -> int | None:
    return getattr(model._meta.get_field(name), "max_length", None)


def _text(value: object) -> str:
    return "" if value is None or value is UNSET else f"{value:f}" if isinstance(value, Decimal) else str(value)
