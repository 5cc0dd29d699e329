"""What the book tells: that the account is not as it was. Pure values."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from positions.types import Balance, Fill, Order, Position


class Source(StrEnum):
    """Who said so: the private stream, or a REST read that was believed."""

    STREAM = "stream"
    REST = "rest"


class ChangeKind(StrEnum):
    """`moved`: only numbers that follow the price, the fees or the orders; no event of its own."""

    OPENED = "opened"
    INCREASED = "increased"
    REDUCED = "reduced"
    CLOSED = "closed"
    CHANGED = "changed"
    MOVED = "moved"


class PositionChanged(NamedTuple):
    """`before` is None where it opened, `after` where it closed. `at` is the venue's time if it told one, else ours."""

    before: Position | None
    after: Position | None
    kind: ChangeKind
    source: Source
    at: datetime

    @property
    def position(self) -> Position:
        """As it is, or as it was before it was closed."""
        position = self.after or self.before
        if position is None:
            raise ValueError("a change of no position")
        return position


class OrderChanged(NamedTuple):
    """How the order is now, ended ones too."""

    order: Order


class Filled(NamedTuple):
    fill: Fill


class BalanceChanged(NamedTuple):
    """All that is known of the coin."""

    balance: Balance


Change = PositionChanged | OrderChanged | Filled | BalanceChanged
