"""Errors in a row, by type (B-12). The clock stands still until a test moves it."""

from positions.errors import ErrorType
from positions.latest import DebugState, ErrorState
from tests.positions.board.shown import Account

QUIET = {"connection_errors": "", "data_errors": "", "api_errors": ""}


async def test_the_sixth_error_of_a_type_is_an_alarm(account: Account) -> None:
    """B-12: not the fifth; the other types have counts of their own."""
    account.board.erred(ErrorType.DATA, "json")
    for wait in (1, 2, 4, 8, 16):
        account.board.erred(ErrorType.CONNECTION, "no answer for 5 s")
        await account.clock.advance(wait)
    assert account.board.alarms == QUIET
    account.board.erred(ErrorType.CONNECTION, "connection refused")
    alarm = "BitGet's REST was not reached 6 times in a row: connection refused"
    assert account.board.alarms == QUIET | {"connection_errors": alarm}


async def test_a_minute_without_an_error_ends_the_row(account: Account) -> None:
    """B-12: to the second, and only of that type."""
    for _ in range(6):
        account.board.erred(ErrorType.API, "the venue has trouble")
        await account.clock.advance(30)
    last_at = account.clock.now()
    account.board.erred(ErrorType.API, "the venue has trouble")
    await account.clock.advance(59.9)
    assert account.board.alarms["api_errors"]
    debug = account.taken()["debug:7"]
    assert isinstance(debug, DebugState)
    assert debug.error_states == [ErrorState(kind="api", count=7, last_at=last_at)]
    await account.clock.advance(0.1)
    assert account.board.alarms == QUIET
    account.board.erred(ErrorType.API, "the venue has trouble")
    assert account.board.alarms == QUIET


async def test_one_trouble_that_several_questions_tell_counts_once(account: Account) -> None:
    """B-12: positions, orders and balances fail in one breath; none of a flood of bad frames hides that it goes on."""
    for _ in range(6):
        account.board.erred(ErrorType.CONNECTION, "no")
    assert account.board.alarms == QUIET
    for _ in range(55):
        account.board.erred(ErrorType.DATA, "json")
        await account.clock.advance(0.1)
    assert "6 times in a row" in account.board.alarms["data_errors"]
