"""Since when what is told of an account may be old, and whether stream and REST say the same. Pure.

While the line is down all that is told is stale since the line was lost, whatever REST says meanwhile: one outage has
one beginning. What REST has not told for twice its period is stale since it last said the same (M-04). So nothing is
shown as sure when a push may be missing.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from positions.book.difference import Difference, position_subject
from positions.book.holdings import key_of
from positions.connection.cadence import What
from positions.latest import Check
from positions.types import Position

_NEVER_CHECKED = Check()
# All is asked at once when the line comes up, and has so long to be told.
FIRST_WITHIN: Final = timedelta(seconds=10)


class Freshness:
    """Of positions, orders and balances. A line begins as lost."""

    def __init__(self, now: datetime) -> None:
        self._lost_at = now
        self._connected_at: datetime | None = None
        # Until when each has to be told by REST.
        self._due_at = dict.fromkeys(What, now + FIRST_WITHIN)
        self._reasons: dict[What, str] = {}
        self._checks: dict[What, Check] = {}
        self._agreed_at: dict[What, datetime] = {}
        self._drifting: frozenset[str] = frozenset()

    @property
    def is_connected(self) -> bool:
        return self._connected_at is not None

    def connected(self, now: datetime) -> None:
        """It stays connected since the first time."""
        if self._connected_at is None:
            self._connected_at = now
            self._due_at = {what: max(due_at, now + FIRST_WITHIN) for what, due_at in self._due_at.items()}

    def lost(self, now: datetime) -> None:
        """It stays lost since the first time."""
        self._lost_at = now if self._connected_at else self._lost_at
        self._connected_at = None

    def checked(self, what: What, period: float, is_equal: bool, drifts: Collection[Difference], now: datetime) -> None:
        """REST was read, as it is every `period` seconds; `drifts` are the differences that are open."""
        self._due_at[what] = now + timedelta(seconds=2 * period)
        self._reasons.pop(what, None)
        self._checks[what] = Check(checked_at=now, is_equal=is_equal, drifts=len(drifts))
        if is_equal:
            self._agreed_at[what] = now
        if what is What.POSITIONS:
            self._drifting = frozenset(each.subject for each in drifts)

    def unchecked(self, what: What, reason: str) -> None:
        """REST did not tell it, for this reason."""
        self._reasons[what] = reason

    def unasked(self) -> None:
        """REST is not asked any more, so that it fails no more."""
        self._reasons.clear()

    def overdue(self, now: datetime) -> str:
        """What REST should have told by now, and why it did not, in a sentence; "" for nothing."""
        late = [what for what in What if self._is_late(what, now)]
        return "; ".join(f"REST does not tell {what}: {self._reasons.get(what, 'no answer')}" for what in late)

    def check(self, what: What) -> Check:
        return self._checks.get(what, _NEVER_CHECKED)

    def stale_since_at(self, what: What, is_known: bool, now: datetime) -> datetime | None:
        """None while the line tells every change at once, once all was told since it came up, and REST confirms it."""
        if self._connected_at is None or not is_known:
            return self._lost_at
        if not self._is_late(what, now):
            return None
        return max(self._connected_at, self._agreed_at.get(what, self._connected_at))

    def is_aligned(self, position: Position) -> bool:
        """B-25: stream and REST say the same of this position, as far as REST was asked."""
        return position_subject(key_of(position)) not in self._drifting

    def _is_late(self, what: What, now: datetime) -> bool:
        """While the line is down it counts where REST failed: with a key that is refused nothing is asked."""
        return now > self._due_at[what] and (self._connected_at is not None or what in self._reasons)
