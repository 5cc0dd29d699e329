"""What people are told of an account's line: each alert once."""

import pytest

from feeds.storage.database import DatabaseThread
from positions.board.board import Board
from positions.connection.condition import LineState
from positions.connection.report import Report
from positions.keys.encryption import CannotOpen
from positions.latest import AccountState
from positions.models import Account, StreamEvent
from positions.queries import account_credentials
from positions.storage.journal import AccountJournal
from tests.clock import ManualClock
from tests.positions.samples import PLAN

pytestmark = pytest.mark.django_db(transaction=True)


async def test_alert_whose_text_counts_down_is_one_row(
    account: Account, database: DatabaseThread, clock: ManualClock
) -> None:
    """B-24: it is shown with its newest text, and stays raised since the first one."""
    journal, board = AccountJournal(account.pk, database, clock), Board(PLAN, 1, clock)
    report = Report(account.pk, board, journal, clock)
    for seconds in (300, 299, 298):
        report.alert("rest", f"to be left alone for another {seconds} s")
        report.keep("other", "")
    (alert,) = state_of(board).alerts
    assert alert.text.endswith("298 s")
    report.clear("rest")
    report.alert("rest", "once more")
    await journal.finish()
    rows = await database.run(lambda: list(StreamEvent.objects.order_by("id").values_list("text", "cleared_at")))
    assert [text for text, _ in rows] == ["to be left alone for another 300 s", "once more"]
    assert [at is None for _, at in rows] == [False, True]


def test_the_log_names_an_account_by_its_number(
    account: Account, database: DatabaseThread, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """D-02: operators read it, who may not see every account; nor does the account's own state repeat its label."""
    Account.objects.filter(pk=account.pk).update(sealed="", label="SECRET OF BOB")
    report = Report(account.pk, Board(PLAN, 1, clock), AccountJournal(account.pk, database, clock), clock)
    with pytest.raises(CannotOpen) as refused:
        account_credentials(account.pk)
    report.enter(LineState.ERROR, str(refused.value))
    assert f"account {account.pk} is error: This account has no API key yet." in caplog.text
    assert "SECRET" not in caplog.text


def state_of(board: Board) -> AccountState:
    return next(state for state in board.take().values() if isinstance(state, AccountState))
