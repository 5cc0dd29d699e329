"""What a book tells, written by a journal at once."""

from positions.book.book import Book, Change
from positions.storage.journal import AccountJournal
from positions.types import AccountEvent, Position, Positions
from tests.positions.holding import STREAM, at


class Teller:
    """A book whose changes go to a journal and are written."""

    def __init__(self, journal: AccountJournal) -> None:
        self.book = Book()
        self.journal = journal

    def tell(self, event: AccountEvent) -> None:
        """What is written of it, and when, is left to the journal."""
        for change in self.book.hear(event, STREAM, at(60)):
            self.journal.changed(change)

    async def hear(self, event: AccountEvent) -> None:
        self.tell(event)
        await self.journal.finish()


def whole(*held: Position, told_at: float = 60) -> Positions:
    return Positions(held, is_whole=True, told_at=at(told_at))


async def written(journal: AccountJournal, *changes: Change) -> None:
    for change in changes:
        journal.changed(change)
    await journal.finish()
