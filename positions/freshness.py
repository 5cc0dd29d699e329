"""Since when what is told of an account may be old, and whether stream and REST say the same. Pure.

While the line is down all that is told is stale, since the line was lost or since REST told it last. So it is never
shown as sure when a push may be missing, and its age is the true one where REST is still read.
"""

from collections.abc import Collection
from datetime import datetime

from positions.latest import Check
from positions.types import Position

_NEVER_CHECKED = Check()


class Freshness:
    """Of positions, orders and balances, by these words. A line begins as lost."""

    def __init__(self, now: datetime) -> None:
        self._lost_at: datetime | None = now
        self._checks: dict[str, Check] = {}
        self._drifting: dict[str, frozenset[str]] = {}

    def connected(self) -> None:
        self._lost_at = None

    def lost(self, now: datetime) -> None:
        """It stays lost since the first time."""
        self._lost_at = self._lost_at or now

    def checked(self, what: str, is_equal: bool, subjects: Collection[str], now: datetime) -> None:
        """REST was read; `subjects` are those of which stream and REST say different things."""
        self._checks[what] = Check(checked_at=now, is_equal=is_equal, drifts=len(subjects))
        self._drifting[what] = frozenset(subjects)

    def check(self, what: str) -> Check:
        return self._checks.get(what, _NEVER_CHECKED)

    def stale_since_at(self, what: str) -> datetime | None:
        """None while the line tells every change at once."""
        if self._lost_at is None:
            return None
        return max(self._lost_at, self.check(what).checked_at or self._lost_at)

    def is_aligned(self, position: Position) -> bool:
        """B-25: stream and REST say the same of this position, as far as REST was asked."""
        return f"position {position.symbol} {position.side}" not in self._drifting.get("positions", ())
