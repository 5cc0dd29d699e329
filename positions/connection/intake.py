"""What is heard of an account, from either side: into the book, and what it changed to the journal and the board."""

from datetime import datetime

from feeds.clock import Clock
from positions.board.board import Board
from positions.book.book import Book, PositionChanged, Source
from positions.queries.recall import Known
from positions.storage.journal import AccountJournal
from positions.types import AccountNews, Positions


class Intake:
    """One door for the stream and for REST. `fills_read_at`: all fills from before are known."""

    def __init__(self, board: Board, journal: AccountJournal, clock: Clock) -> None:
        self.book = Book()
        self.fills_read_at: datetime | None = None
        self._board = board
        self._journal = journal
        self._clock = clock

    def recall(self, known: Known) -> None:
        """From the database."""
        self.book.recall(known.positions, known.orders, known.balances)
        self.fills_read_at = known.fills_read_at
        self._board.show(self.book)

    def hear(
        self, event: AccountNews, source: Source, *, is_followed: bool = True, said: AccountNews | None = None
    ) -> None:
        """`is_followed`: the stream tells what changes after it. `said`: the venue's words, where the event has the
        book's in the place of some.
        """
        said = said or event
        if isinstance(said, Positions):
            self._board.hear(said.positions)
        for change in self.book.hear(event, source, self._clock.now(), is_followed=is_followed):
            self._journal.changed(change)
            if isinstance(change, PositionChanged):
                self._board.desk.changed(change)
        self._board.show(self.book)

    def read_fills(self, until: datetime) -> None:
        """The list of fills was read to its end. The newest come first: before that, older ones may be missing."""
        self.fills_read_at = until
        self._journal.read_fills(until)

    def interrupted(self) -> None:
        """The line is down: nothing of what is held goes away, and nothing of it is known to be so any more."""
        self.book.interrupted()
        self._board.show(self.book)
