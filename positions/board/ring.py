"""What the line of an account said lately, for staff: bounded, and with the secrets blanked out (M-11)."""

from collections import Counter, deque
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from positions.keys.redactor import Redactor
from positions.latest import DebugEntry, DebugState, ErrorState

ENTRIES: Final = 200
CHARACTERS: Final = 300
# What is looked through for secrets: more than is kept, since a blank is shorter than what it hides.
_LOOKED_THROUGH: Final = 4 * CHARACTERS


class Rings:
    """The last messages and the last failures, and how many there were of each kind."""

    def __init__(self) -> None:
        self._redacted = Redactor()
        self._messages: deque[DebugEntry] = deque(maxlen=ENTRIES)
        self._errors: deque[DebugEntry] = deque(maxlen=ENTRIES)
        self._counts: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()

    def hide(self, secrets: Iterable[str]) -> None:
        """From now on these are blanked out: of a new key before it is used."""
        self._redacted = Redactor(secrets)

    def said(self, kind: str, text: str, at: datetime) -> None:
        self._counts[kind] += 1
        self._messages.append(DebugEntry(at=at, kind=kind, text=self._shown(text)))

    def failed(self, kind: str, text: str, at: datetime) -> None:
        self._failures[kind] += 1
        self._errors.append(DebugEntry(at=at, kind=kind, text=self._shown(text)))

    def state(self, fence: int, account: int, connection_state: str, error_states: list[ErrorState]) -> DebugState:
        """All of it, as it is shown; without a version."""
        return DebugState(
            fence=fence,
            version=0,
            account=account,
            last_update=self._messages[-1].at if self._messages else None,
            connection_state=connection_state,
            message_queue=list(self._messages),
            error_log=list(self._errors),
            error_states=error_states,
            counts=dict(self._counts),
            validation=dict(self._failures),
        )

    def _shown(self, text: str) -> str:
        told = self._redacted(text[:_LOOKED_THROUGH])
        return told if len(told) <= CHARACTERS else f"{told[: CHARACTERS - 1]}…"
