"""How often REST and data of an account failed in a row, by type (B-12). Pure.

What the private stream goes through has counts and alerts of its own; only its frames that make no sense count here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from positions.connection.cadence import BITGET_REST_UI
from positions.errors import ErrorType
from positions.latest import ErrorState

# One trouble is told by several questions in one breath.
BREATH: Final = timedelta(seconds=1)
RESET_AFTER: Final = timedelta(seconds=BITGET_REST_UI.reset_after)
_ALARMS: Final = {
    ErrorType.CONNECTION: "BitGet's REST was not reached {count} times in a row: {reason}",
    ErrorType.DATA: "what BitGet tells made no sense {count} times in a row: {reason}",
    ErrorType.API: "BitGet's REST refused an answer {count} times in a row: {reason}",
}


@dataclass
class _Row:
    """Errors of one type, none of them a minute after the one before."""

    count: int
    counted_at: datetime
    last_at: datetime
    reason: str


class Tally:
    """A row of errors ends after a minute without one."""

    def __init__(self) -> None:
        self._rows: dict[ErrorType, _Row] = {}

    def failed(self, kind: ErrorType, reason: str, now: datetime) -> None:
        row = self._rows.get(kind)
        if row is None or now - row.last_at >= RESET_AFTER:
            self._rows[kind] = _Row(1, now, now, reason)
            return
        if now - row.counted_at >= BREATH:
            row.count += 1
            row.counted_at = now
        row.last_at, row.reason = now, reason

    def states(self, now: datetime) -> list[ErrorState]:
        """Of the types that count now."""
        lasting = [(kind, self._rows[kind]) for kind in ErrorType if self._lasts(kind, now)]
        return [ErrorState(kind=kind, count=row.count, last_at=row.last_at) for kind, row in lasting]

    def alarms(self, now: datetime) -> dict[str, str]:
        """By kind of alert: a sentence once there were more than five, "" before."""
        return {f"{kind}_errors": self._alarm(kind, now) for kind in ErrorType}

    def _alarm(self, kind: ErrorType, now: datetime) -> str:
        if not self._lasts(kind, now) or self._rows[kind].count <= BITGET_REST_UI.max_attempts:
            return ""
        row = self._rows[kind]
        return _ALARMS[kind].format(count=row.count, reason=row.reason)

    def _lasts(self, kind: ErrorType, now: datetime) -> bool:
        return kind in self._rows and now - self._rows[kind].last_at < RESET_AFTER
