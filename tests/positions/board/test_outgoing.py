"""Which newest states of an account are written now. Pure."""

from positions.board.outgoing import AGAIN_EVERY_S, ALIVE_EVERY_S, Outgoing, State
from positions.latest import AccountState, OrdersState

STATES: dict[str, State] = {
    "orders": OrdersState(fence=1, version=0, account=7),
    "line": AccountState(fence=1, version=0, account=7, label="", environment="", kind="", state="connected"),
}


def test_line_is_written_twice_a_second_and_the_others_before_they_run_out() -> None:
    """M-04 M-07: whoever reads the line notices within two seconds that nobody writes it any more."""
    outgoing = Outgoing()
    assert set(outgoing.due(STATES, 0.0)) == {"orders", "line"}
    assert outgoing.due(STATES, ALIVE_EVERY_S - 0.1) == {}
    assert set(outgoing.due(STATES, ALIVE_EVERY_S)) == {"line"}
    assert set(outgoing.due(STATES, AGAIN_EVERY_S)) == {"orders", "line"}
