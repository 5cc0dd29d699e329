"""What everything works with that follows an account, whichever key it has."""

from dataclasses import dataclass

from feeds.clock import Clock
from feeds.storage.allowance import Allowance
from positions.board.board import Board
from positions.connection.intake import Intake
from positions.connection.report import Report
from positions.storage.journal import AccountJournal


@dataclass(frozen=True)
class Around:
    """Made once for each loop."""

    intake: Intake
    board: Board
    journal: AccountJournal
    report: Report
    allowance: Allowance
    clock: Clock
