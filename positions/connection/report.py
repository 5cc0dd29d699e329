"""What people are told of an account's line: the state it is in and why, and what somebody should know."""

import logging
from datetime import timedelta

from feeds.clock import Clock
from feeds.errors import MAX_TEXT
from positions.board.board import Board
from positions.connection.condition import NEVER, LineState
from positions.models import StreamEvent
from positions.storage.journal import AccountJournal

logger = logging.getLogger(__name__)

_LEVELS = {LineState.RECONNECTING: StreamEvent.Level.WARNING, LineState.ERROR: StreamEvent.Level.ERROR}


class Report:
    """To the log, the journal and the board. A state that is entered again with the same words is told once.

    What a venue may have had a hand in comes escaped. The log names the account by its number: more people read it than
    may know what the account is called.
    """

    def __init__(self, account: int, board: Board, journal: AccountJournal, clock: Clock) -> None:
        self._account = account
        self._board = board
        self._journal = journal
        self._clock = clock
        self._told: tuple[LineState, str] | None = None
        self._alerts: dict[str, str] = {}

    def enter(self, state: LineState, text: str = "", wait: float = NEVER, attempts: int = 0) -> None:
        """`wait`: seconds until the next try."""
        text = text[:MAX_TEXT]
        retry_at = None if wait == NEVER else self._clock.now() + timedelta(seconds=wait)
        self._board.entered(state, text, retry_at, attempts)
        if (state, text) != self._told:
            self._told = state, text
            level = _LEVELS.get(state, StreamEvent.Level.INFO)
            self._journal.entered(state, text, level)
            logger.log(_LOGGED[level], "account %d is %s%s", self._account, state, text and f": {text}")

    def alert(self, kind: str, text: str) -> None:
        """A person should know, until it is cleared. It is written down once, whatever its text becomes."""
        text = text[:MAX_TEXT]
        if kind not in self._alerts:
            self._journal.raised(kind, text)
        if self._alerts.get(kind) != text:
            self._alerts[kind] = text
            self._board.alert(kind, text)

    def keep(self, kind: str, text: str) -> None:
        """Alerts for as long as there is a text."""
        if text:
            self.alert(kind, text)
        else:
            self.clear(kind)

    def clear(self, kind: str) -> None:
        if self._alerts.pop(kind, None) is not None:
            self._board.clear(kind)
            self._journal.cleared(kind)


_LOGGED = {
    StreamEvent.Level.INFO: logging.INFO,
    StreamEvent.Level.WARNING: logging.WARNING,
    StreamEvent.Level.ERROR: logging.ERROR,
}
