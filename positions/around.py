"""What everything works with that follows an account, whichever key it has."""

from dataclasses import dataclass

from feeds.clock import Clock
from feeds.storage.allowance import Allowance
from positions.board import Board
from positions.intake import Intake
from positions.journal import AccountJournal
from positions.report import Report


@dataclass(frozen=True)
class Around:
    """Made once for each loop."""

    intake: Intake
    board: Board
    journal: AccountJournal
    report: Report
    allowance: Allowance
    clock: Clock
