"""What is known of an account: it hears events and tells what changed. Pure; the time is an argument.

Missing is not zero: a field that a message leaves out stays as it was, and nothing is closed but by a message that
says so. While the line is down everything stays, and `knows_positions` and the others say that it may be old.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from positions.book.change import BalanceChanged, Change, ChangeKind, Filled, OrderChanged, PositionChanged, Source
from positions.book.holdings import Holdings, Key, key_of
from positions.book.merge import is_before, merged
from positions.book.open_orders import OpenOrders
from positions.types import AccountEvent, Balance, Balances, Fill, Fills, Order, Orders, Position, Positions

__all__ = [
    "BalanceChanged",
    "Book",
    "Change",
    "ChangeKind",
    "Filled",
    "Key",
    "OrderChanged",
    "PositionChanged",
    "Source",
    "key_of",
]

# Far more than come between an order's push, the fill channel's and a REST read of the same; the database knows all.
MAX_FILLS: Final = 10_000


class Book:
    """`positions` and `orders` are the open ones. `knows_*`: it was told all of them since the line came up."""

    def __init__(self) -> None:
        self.balances: dict[str, Balance] = {}
        self.knows_positions = self.knows_orders = self.knows_balances = False
        self._holdings = Holdings()
        self._orders = OpenOrders()
        self._balances_at: dict[str, datetime] = {}
        self._fills: dict[tuple[str, str], None] = {}

    @property
    def positions(self) -> dict[Key, Position]:
        return self._holdings.open

    @property
    def pushed_at(self) -> datetime | None:
        """The venue's time of the stream's last whole word on positions."""
        return self._holdings.pushed_at

    @property
    def orders(self) -> dict[str, Order]:
        return self._orders.open

    def key_for(self, said: Position) -> Key:
        """Which position this message is about."""
        return self._holdings.key_for(said)

    def recall(self, positions: Iterable[Position], orders: Iterable[Order], balances: Iterable[Balance]) -> None:
        """What the database remembers of an earlier process: kept until the venue tells how it is."""
        self._holdings.recall(positions)
        self._orders.recall(orders)
        self.balances = {balance.coin: balance for balance in balances}

    def interrupted(self) -> None:
        """The line is down: everything stays, but nothing is known to be so any more."""
        self._holdings.interrupted()
        self.knows_positions = self.knows_orders = self.knows_balances = False
        self._balances_at.clear()

    def hear(self, event: AccountEvent, source: Source, now: datetime, *, is_followed: bool = True) -> list[Change]:
        """A REST read of all positions or orders is for here only once it is believed: see reconcile.py.

        `is_followed`: the stream tells what changes after it, so that this is how it is until the stream says more.
        """
        match event:
            case Positions():
                self.knows_positions |= event.is_whole and is_followed
                return list(self._holdings.hear(event, source, now))
            case Orders():
                self.knows_orders |= event.is_whole and is_followed
                return list(self._orders.hear(event))
            case Fills():
                return [Filled(fill) for fill in event.fills if self._is_new(fill)]
            case Balances():
                self.knows_balances |= is_followed
                return self._hear_balances(event)
        return []

    def _is_new(self, fill: Fill) -> bool:
        """The venue tells a fill with its order, on its own channel, and to REST."""
        if fill.key in self._fills:
            return False
        self._fills[fill.key] = None
        if len(self._fills) > MAX_FILLS:
            del self._fills[next(iter(self._fills))]
        return True

    def _hear_balances(self, event: Balances) -> list[Change]:
        """A coin that is not told of stays: the venue may tell only those that changed."""
        changes: list[Change] = []
        for said in event.balances:
            if is_before(event.told_at, self._balances_at.get(said.coin)):
                continue
            if event.told_at is not None:
                self._balances_at[said.coin] = event.told_at
            known = self.balances.get(said.coin)
            after = merged(known, said) if known is not None else said
            if after != known:
                self.balances[said.coin] = after
                changes.append(BalanceChanged(after))
        return changes
