"""Which newest states of an account are written now. Pure."""

from datetime import timedelta

from positions.board.outgoing import AGAIN_EVERY_S, ALIVE_EVERY_S, Outgoing, State
from positions.latest import AccountState, OrdersState
from tests.feeds.samples import NOON

STATES: dict[str, State] = {
    "orders": OrdersState(fence=1, version=0, account=7),
    "line": AccountState(
        fence=1, version=0, account=7, label="", environment="", kind="", state="connected", written_at=NOON
    ),
}


def test_line_is_written_twice_a_second_and_the_others_before_they_run_out() -> None:
    """M-04 M-07: whoever reads the line notices within two seconds that nobody writes it any more."""
    outgoing = Outgoing()
    assert set(outgoing.due(STATES, 0.0, NOON)) == {"orders", "line"}
    assert outgoing.due(STATES, ALIVE_EVERY_S - 0.1, NOON) == {}
    assert set(outgoing.due(STATES, ALIVE_EVERY_S, NOON)) == {"line"}
    assert set(outgoing.due(STATES, AGAIN_EVERY_S, NOON)) == {"orders", "line"}


def test_line_says_when_it_is_written() -> None:
    """M-07: so whoever reads it for the first time knows whether its worker is still there."""
    outgoing = Outgoing()
    for seconds in (0.0, ALIVE_EVERY_S):
        at = NOON + timedelta(seconds=seconds)
        line = outgoing.due(STATES, seconds, at)["line"]
        assert isinstance(line, AccountState)
        assert line.written_at == at
