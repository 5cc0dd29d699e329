"""Since when what is told of an account may be old, and whether stream and REST say the same. Pure.

While the line is down all that is told is stale: since the line was lost, or since REST last said the same. So nothing
is shown as sure when a push may be missing, and its age is the true one where REST is still read.
"""

from collections.abc import Collection
from datetime import datetime

from positions.book.difference import Difference, position_subject
from positions.book.holdings import key_of
from positions.connection.cadence import What
from positions.latest import Check
from positions.types import Position

_NEVER_CHECKED = Check()


class Freshness:
    """Of positions, orders and balances. A line begins as lost."""

    def __init__(self, now: datetime) -> None:
        self._lost_at = now
        self._is_connected = False
        self._checks: dict[What, Check] = {}
        self._agreed_at: dict[What, datetime] = {}
        self._drifting: frozenset[str] = frozenset()

    def connected(self) -> None:
        self._is_connected = True

    def lost(self, now: datetime) -> None:
        """It stays lost since the first time."""
        self._lost_at = now if self._is_connected else self._lost_at
        self._is_connected = False

    def checked(self, what: What, is_equal: bool, drifts: Collection[Difference], now: datetime) -> None:
        """REST was read; `drifts` are the differences that are open."""
        self._checks[what] = Check(checked_at=now, is_equal=is_equal, drifts=len(drifts))
        if is_equal:
            self._agreed_at[what] = now
        if what is What.POSITIONS:
            self._drifting = frozenset(each.subject for each in drifts)

    def check(self, what: What) -> Check:
        return self._checks.get(what, _NEVER_CHECKED)

    def stale_since_at(self, what: What, is_known: bool) -> datetime | None:
        """None while the line tells every change at once, once all was told since it came up."""
        if self._is_connected and is_known:
            return None
        return max(self._lost_at, self._agreed_at.get(what, self._lost_at))

    def is_aligned(self, position: Position) -> bool:
        """B-25: stream and REST say the same of this position, as far as REST was asked."""
        return position_subject(key_of(position)) not in self._drifting
