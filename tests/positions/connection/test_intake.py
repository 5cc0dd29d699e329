"""What is heard of an account, on its way to the board."""

from decimal import Decimal

from feeds.storage.database import DatabaseThread
from positions.board.board import Board
from positions.book.reconcile import Reconciler
from positions.connection.intake import Intake
from positions.latest import PnlCheck, PositionsState
from positions.storage.journal import AccountJournal
from positions.types import Positions
from tests.clock import ManualClock
from tests.positions.calling import PLAN
from tests.positions.holding import REST, STREAM, at, position


async def test_pnl_is_checked_by_the_words_of_the_read_not_of_the_book(database: DatabaseThread) -> None:
    """B-26: the read's size is doubted, and the book's stays; its PnL at the read's mark price is nobody's."""
    clock = ManualClock()
    board = Board(PLAN, 3, clock)
    intake = Intake(board, AccountJournal(1, database, clock), clock)
    held = position("3", entry_price="100", mark_price="110", unrealized_pnl="29")
    intake.hear(Positions((held,), is_whole=True, told_at=at(10)), STREAM)
    read = Positions((position("1", entry_price="100", mark_price="120", unrealized_pnl="20"),), True, at(20))
    judgement = Reconciler().judge(read, intake.book, at(20))
    assert judgement.adopt is not None
    intake.hear(judgement.adopt, REST, said=read)
    state = board.take()["position:1"]
    assert isinstance(state, PositionsState)
    assert state.positions[0].pnl_check == PnlCheck(ours=Decimal(20), venues=Decimal(20))
