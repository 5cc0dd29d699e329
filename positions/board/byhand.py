"""What people read of accounts with redis-cli, under plain names (M-12): the shapes and the words. Pure.

The first enabled account fills current_position, position_targets and position_history. Their fence is its lease's, so
the feed's "no data", which has the fence 0, comes back only when they are gone. Each account tells of its own line.
"""

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeVar

import msgspec

from feeds.storage import keys
from feeds.storage.latest import Stamped
from feeds.storage.status import NO_DATA, ByHand
from positions.board.lines import ALIGNED, DRIFT
from positions.board.numbers import known
from positions.book.change import ChangeKind, PositionChanged
from positions.connection.condition import LineState
from positions.latest import AccountState, PositionLine, PositionsState, Target
from positions.plan import AccountPlan
from positions.types import Position

V = TypeVar("V")

EVERY_S: Final = 1.0
CHANGES: Final = 10
NEUTRAL: Final = "NEUTRAL"
# The brief's words (M-02): fully connected is what has every channel (M-03).
_WORDS: Final[dict[str, str]] = {
    LineState.CONNECTED: "CONNECTED",
    LineState.AUTHENTICATING: "AUTHENTICATING",
    LineState.SUBSCRIBING: "AUTHENTICATING",
}


class CurrentPosition(msgspec.Struct, frozen=True, kw_only=True):
    """The largest position by notional, of as many as `positions` says; of a flat account the defaults (M-05)."""

    symbol: str = ""
    side: str = NEUTRAL
    size: Decimal = Decimal(0)
    entry_price: Decimal | None = None
    current_price: Decimal | None = None
    pnl: Decimal | None = Decimal(0)
    state: str = ALIGNED
    positions: int = 0
    stale_since_at: datetime | None = None


class PositionTarget(msgspec.Struct, frozen=True, kw_only=True):
    """A take-profit or a stop-loss, and how many percent the mark price is from it."""

    symbol: str
    side: str
    kind: str
    price: Decimal
    distance_percent: Decimal | None
    is_breached: bool


class PastChange(msgspec.Struct, frozen=True):
    """A position was opened, grew, shrank, was closed, or has other terms now."""

    symbol: str
    side: str
    kind: str
    size_before: Decimal | None
    size_after: Decimal | None
    source: str
    at: datetime


class Desk:
    """One account's plain names. `is_first`: it speaks for all where only one can."""

    def __init__(self, plan: AccountPlan, fence: int) -> None:
        self.is_first = plan.is_first
        self._account = plan.id
        self._fence = fence
        self._history: deque[PastChange] = deque(maxlen=CHANGES)

    def recall(self, changes: Iterable[PastChange]) -> None:
        """The last changes of before, newest first."""
        self._history.extend(changes)

    def changed(self, change: PositionChanged) -> None:
        """What only followed the price is no history."""
        about = change.after or change.before
        if about is not None and change.kind is not ChangeKind.MOVED:
            self._history.appendleft(_past(change, about))

    def values(self, positions: PositionsState, line: AccountState, now: datetime) -> dict[str, Stamped]:
        """By key. Of positions that nobody knows yet nothing is said."""
        heartbeat = NO_DATA if line.heartbeat_at is None else int(line.heartbeat_at.timestamp())
        word = _WORDS.get(line.state, "DISCONNECTED")
        told: dict[str, Stamped] = {
            keys.ws_status(self._account): self._by_hand(word, now),
            keys.ws_last_update(self._account): self._by_hand(heartbeat, now),
        }
        if self.is_first and positions.is_known:
            told[keys.CURRENT_POSITION] = self._by_hand(_current(positions), now)
            told[keys.POSITION_TARGETS] = self._by_hand(_targets(positions.positions), now)
            told[keys.POSITION_HISTORY] = self._by_hand(list(self._history), now)
        return told

    def _by_hand(self, value: V, now: datetime) -> ByHand[V]:
        version = int(now.timestamp() * 1000)
        return ByHand(v=value, fence=self._fence, version=version, at=now, origin=f"account:{self._account}")


def _current(state: PositionsState) -> CurrentPosition:
    if not state.positions:
        word = DRIFT if state.check.drifts else ALIGNED
        return CurrentPosition(state=word, stale_since_at=state.stale_since_at)
    line = max(state.positions, key=_notional)
    return CurrentPosition(
        symbol=line.symbol,
        side=line.side,
        size=line.size,
        entry_price=line.entry_price,
        current_price=line.mark_price,
        pnl=line.pnl,
        state=line.state,
        positions=len(state.positions),
        stale_since_at=state.stale_since_at,
    )


def _notional(line: PositionLine) -> Decimal:
    return line.size * (line.mark_price or line.entry_price or Decimal(0))


def _targets(lines: Iterable[PositionLine]) -> list[PositionTarget]:
    return [
        _target(line, kind, target)
        for line in lines
        for kind, targets in (("take_profit", line.take_profits), ("stop_loss", line.stop_losses))
        for target in targets
    ]


def _target(line: PositionLine, kind: str, target: Target) -> PositionTarget:
    return PositionTarget(
        symbol=line.symbol,
        side=line.side,
        kind=kind,
        price=target.price,
        distance_percent=target.distance_percent,
        is_breached=target.is_breached,
    )


def _past(change: PositionChanged, about: Position) -> PastChange:
    return PastChange(
        symbol=about.symbol,
        side=about.side,
        kind=change.kind,
        size_before=known(change.before.size) if change.before else Decimal(0),
        size_after=known(change.after.size) if change.after else Decimal(0),
        source=change.source,
        at=change.at,
    )
