"""Accounts as the database knows them, in the shapes of Redis: for a page while no worker tells anything newer."""

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from positions.board.lines import order_line, position_line
from positions.board.numbers import known
from positions.board.prices import PublicPrice
from positions.board.protection import found
from positions.latest import BalanceLine, OrdersState, PositionLine, PositionsState
from positions.models import Account, BalanceSnapshot, PositionChange, StreamEvent
from positions.queries.recall import open_orders, open_positions
from positions.types import Order, Position

CHANGES_SHOWN = 10
# Of the PnL of a coin: at most one is stored a minute.
PNL_SHOWN = 61


class ChangeView(NamedTuple):
    """A position was opened, grew, shrank or was closed."""

    symbol: str
    side: str
    kind: str
    size_before: Decimal | None
    size_after: Decimal | None
    source: str
    noticed_at: datetime


class PnlView(NamedTuple):
    """What the positions in a coin would bring or cost, had they been closed then."""

    coin: str
    pnl: Decimal
    at: datetime


class StoredAccount(NamedTuple):
    """What was stored last. Nothing in it is believed to be so still: `stale_since_at` of each state is its age.

    `line_at` is when its line last entered a state.
    """

    is_enabled: bool
    positions: PositionsState
    orders: OrdersState
    balances: list[BalanceLine]
    changes: list[ChangeView]
    pnl: list[PnlView]
    line_at: datetime | None


def stored_accounts(ids: Collection[int]) -> dict[int, StoredAccount]:
    """Those of these accounts that exist. Blocking."""
    rows = Account.objects.filter(id__in=ids).order_by("id").values_list("id", "is_enabled")
    return {account: _stored_account(account, is_enabled) for account, is_enabled in rows}


def _stored_account(account: int, is_enabled: bool) -> StoredAccount:
    held, orders = open_positions(account), open_orders(account)
    balances = _balances(account)
    return StoredAccount(
        is_enabled,
        _positions(account, held, orders),
        _orders(account, orders),
        balances,
        _changes(account),
        _pnl(account, [line.coin for line in balances]),
        _line_at(account),
    )


def _positions(account: int, held: Collection[Position], orders: Collection[Order]) -> PositionsState:
    """Without an open one nobody knows whether the account is flat."""
    return PositionsState(
        fence=0,
        version=0,
        account=account,
        positions=[_position_line(position, orders) for position in held],
        is_known=bool(held),
        stale_since_at=_newest(held),
    )


def _position_line(position: Position, orders: Collection[Order]) -> PositionLine:
    """At the mark price that was stored with it, and with what protects it as far as orders were stored."""
    price = PublicPrice(mark=known(position.mark_price))
    return position_line(found(position, orders, price), atr=None, is_aligned=True)


def _orders(account: int, orders: Collection[Order]) -> OrdersState:
    return OrdersState(
        fence=0,
        version=0,
        account=account,
        orders=[order_line(order) for order in orders],
        is_known=bool(orders),
        stale_since_at=_newest(orders),
    )


def _newest(told: Iterable[Position | Order]) -> datetime | None:
    return max((each.updated_at for each in told if isinstance(each.updated_at, datetime)), default=None)


def _balances(account: int) -> list[BalanceLine]:
    """The newest snapshot of each coin, one step in the index each: there are many snapshots."""
    fields = ("coin", "equity", "available", "frozen", "usdt_equity", "unrealized_pnl")
    rows = BalanceSnapshot.objects.filter(account=account).order_by("coin", "-taken_at", "-id")
    lines, row = [], rows.first()
    while row:
        lines.append(BalanceLine(**{name: getattr(row, name) for name in fields}))
        row = rows.filter(coin__gt=row.coin).first()
    return lines


def _pnl(account: int, coins: Iterable[str]) -> list[PnlView]:
    """The last of each coin, oldest first. The whole of a unified account has no coin: its parts tell."""
    rows = BalanceSnapshot.objects.filter(account=account, unrealized_pnl__isnull=False).order_by("-taken_at", "-id")
    fields = ("coin", "unrealized_pnl", "taken_at")
    told = [rows.filter(coin=coin).values_list(*fields)[:PNL_SHOWN] for coin in coins if coin]
    return [PnlView(*row) for newest_first in told for row in reversed(newest_first)]


def _changes(account: int) -> list[ChangeView]:
    """Of the sizes, the newest first."""
    changes = PositionChange.objects.filter(account=account).exclude(kind=PositionChange.Kind.CHANGED)
    rows = changes.order_by("-noticed_at", "-id")
    return [ChangeView(*row) for row in rows.values_list(*ChangeView._fields)[:CHANGES_SHOWN]]


def _line_at(account: int) -> datetime | None:
    states = StreamEvent.objects.filter(account=account, kind="state").order_by("-happened_at", "-id")
    return states.values_list("happened_at", flat=True).first()
