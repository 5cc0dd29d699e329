"""One account as it is known right now: live, silent, cut off from Redis, or only stored."""

from datetime import datetime, timedelta

import msgspec
import pytest

from dashboard.accounts.board import AccountBoard, States
from positions.latest import ErrorState, OrdersState, PositionsState
from positions.queries.stored import StoredAccount
from tests.dashboard.accounts.samples import (
    BALANCES,
    LONG,
    NOON,
    ORDERS,
    account_state,
    alert,
    debug_state,
    orders_state,
    positions_state,
)

STORED = StoredAccount(
    is_enabled=True,
    positions=PositionsState(fence=0, version=0, account=1, positions=[LONG], is_known=True, stale_since_at=NOON),
    orders=OrdersState(fence=0, version=0, account=1),
    balances=BALANCES,
    changes=[],
    pnl=[],
    line_at=None,
)
encode = msgspec.json.encode
SECOND = timedelta(seconds=1)


def raw(stale_since_at: datetime | None = None, now: datetime = NOON) -> States:
    """Everything that a worker writes."""
    positions = positions_state(1, LONG, stale_since_at=stale_since_at)
    return States(*map(encode, (positions, orders_state(1, *ORDERS), account_state(1, now=now), debug_state(1))))


@pytest.fixture
def board() -> AccountBoard:
    """Of an account of which only the database tells, at noon."""
    return AccountBoard(STORED, NOON)


def test_what_was_stored_is_shown_as_old_until_a_worker_tells(board: AccountBoard) -> None:
    """M-07: never as live, never as flat."""
    assert board.shown.account.title == "Not followed"
    assert board.shown.stale_since_at == NOON
    assert board.shown.positions.positions[0].symbol == "BTCUSDT"
    board.take_states(raw(), NOON)
    assert board.shown.account.title == "Connected"
    assert board.shown.stale_since_at is None


def test_nothing_known_is_not_flat() -> None:
    """M-05: NEUTRAL is said when it is known."""
    unknown = PositionsState(fence=0, version=0, account=1)
    board = AccountBoard(STORED._replace(positions=unknown, balances=[]), NOON)
    assert board.shown.positions.note == "Not known: no worker has read it yet."
    board.take_states(States(encode(positions_state(1)), None, None, None), NOON)
    assert board.shown.positions.note == "NEUTRAL: no open position."


def test_what_was_read_before_is_not_told_as_never_read() -> None:
    """M-07: the balances of a flat account are in the database, though its worker was killed and nobody knows more."""
    unknown = PositionsState(fence=0, version=0, account=1)
    shown = AccountBoard(STORED._replace(positions=unknown), NOON).shown
    assert {shown.positions.note, shown.orders.note} == {"Not known: the last worker that read it is gone."}


def test_only_what_changed_is_told(board: AccountBoard) -> None:
    """A state that is written again, as it was, is no news."""
    now = NOON
    assert [message.key for message in board.take_states(raw(), now)] == [
        *("account:1", "position:1", "orders:1", "debug:1")
    ]
    again = raw()
    assert board.take_states(again, now + SECOND / 2) == []
    changed = board.take_states(again._replace(positions=encode(positions_state(1))), now + SECOND)
    assert {message.key for message in changed} == {"position:1", "debug:1"}


def test_a_lost_line_is_told_with_its_time(board: AccountBoard) -> None:
    """M-07: what was held stays."""
    board.take_states(raw(), NOON)
    board.take_states(raw(stale_since_at=NOON + SECOND), NOON + SECOND)
    assert board.shown.stale_since_at == NOON + SECOND
    assert board.shown.positions.positions[0].size == "0.15"


def test_targets_are_as_old_as_the_orders(board: AccountBoard) -> None:
    """M-07, M-17: a stop-loss that was cancelled in an outage is in the orders until REST tells them."""
    orders = orders_state(1, *ORDERS, stale_since_at=NOON - SECOND)
    board.take_states(raw()._replace(orders=encode(orders)), NOON)
    (card,) = board.shown.positions.positions
    assert (board.shown.stale_since_at, card.targets_stale_since_at) == (None, NOON - SECOND)
    board.take_states(raw(), NOON)
    assert board.shown.positions.positions[0].targets_stale_since_at is None


def test_a_worker_that_is_gone_is_noticed(board: AccountBoard) -> None:
    """M-07: the line is written twice a second; within two seconds of the last time everything is told as old."""
    state = raw()
    board.take_states(state, NOON)
    assert board.take_states(state, NOON + 1.7 * SECOND) == []
    changed = board.take_states(state, NOON + 1.8 * SECOND)
    assert {message.key for message in changed} == {"account:1", "position:1", "orders:1"}
    assert (board.shown.account.state, board.shown.account.title) == ("unknown", "No worker reports")
    assert board.shown.stale_since_at == NOON
    board.take_states(raw(now=NOON + 9 * SECOND), NOON + 9 * SECOND)
    assert board.shown.stale_since_at is None


def test_a_worker_that_is_gone_is_not_shown_as_live_on_a_new_page(board: AccountBoard) -> None:
    """M-07: Redis holds what it wrote for a minute, and a page that is loaded meanwhile reads it for the first time."""
    board.take_states(raw(), NOON + 50 * SECOND)
    assert (board.shown.account.title, board.shown.stale_since_at) == ("No worker reports", NOON)


def test_a_worker_whose_clock_is_ahead_is_missed_all_the_same(board: AccountBoard) -> None:
    """M-07: what it wrote is never later than when it was read."""
    state = raw(now=NOON + 60 * SECOND)
    board.take_states(state, NOON)
    assert board.shown.stale_since_at is None
    board.take_states(state, NOON + 2 * SECOND)
    assert board.shown.stale_since_at == NOON


def test_what_makes_no_sense_puts_its_account_in_doubt(board: AccountBoard) -> None:
    """M-08: a field that is missing in Redis takes no page down; it is over with the next value that is whole."""
    board.take_states(raw(), NOON)
    board.take_states(raw(now=NOON + SECOND)._replace(positions=b'{"fence":1}'), NOON + SECOND)
    assert (board.shown.account.title, board.shown.stale_since_at) == ("Not understood", NOON + SECOND)
    assert len(board.shown.positions.positions) == 1
    board.take_states(raw(now=NOON + 2 * SECOND), NOON + 2 * SECOND)
    assert board.shown.stale_since_at is None


def test_positions_without_a_line_are_old(board: AccountBoard) -> None:
    """M-07: the keys of a worker that is gone run out one after the other."""
    board.take_states(raw()._replace(account=None), NOON + SECOND)
    assert (board.shown.account.title, board.shown.positions.stale_since_at) == ("No worker reports", NOON + SECOND)


def test_what_redis_forgets_stays_with_its_age(board: AccountBoard) -> None:
    """A key that ran out says that a worker is gone, not that the account is flat."""
    state = raw()
    board.take_states(state, NOON)
    board.take_states(state._replace(debug=None), NOON + 61 * SECOND)
    board.take_states(States(None, None, None, None), NOON + 62 * SECOND)
    assert board.shown.stale_since_at == NOON
    assert len(board.shown.positions.positions) == 1


def test_without_redis_everything_is_old_at_once(board: AccountBoard) -> None:
    """L-01: nobody knows what happens meanwhile."""
    state = raw()
    board.take_states(state, NOON)
    board.take_away(NOON + SECOND)
    board.take_away(NOON + 2 * SECOND)
    assert (board.shown.account.title, board.shown.stale_since_at) == ("No live data", NOON + SECOND)
    board.take_states(raw(now=NOON + 3 * SECOND), NOON + 3 * SECOND)
    assert board.shown.stale_since_at is None


def test_an_account_that_is_switched_off_says_so_and_nothing_else(board: AccountBoard) -> None:
    """Since when, and who can switch it on: nothing of it is stale, its alerts are over, and Redis matters no more."""
    board.take_states(raw()._replace(account=encode(account_state(1, alerts=[alert()]))), NOON)
    board.take_stored(STORED._replace(is_enabled=False, line_at=NOON), NOON + SECOND)
    board.take_away(NOON + 9 * SECOND)
    account = board.shown.account
    assert (account.state, account.title, account.since_at) == ("off", "Switched off", NOON)
    assert "Admin → Accounts" in account.text
    assert (account.alerts, account.facts, board.shown.stale_since_at) == ([], [], None)
    board.take_stored(STORED, NOON + 10 * SECOND)
    assert board.shown.account.title == "No live data"


def test_what_the_database_tells_later_is_told(board: AccountBoard) -> None:
    """Changes of positions come from there."""
    assert board.take_stored(STORED, NOON) == []
    assert [message.key for message in board.take_stored(STORED._replace(balances=BALANCES * 2), NOON)] == ["account:1"]


def test_a_record_without_a_failure_is_no_unchecked_one(board: AccountBoard) -> None:
    """B-26: what stream and REST say of each other stands there alone; nobody says that nothing was checked."""
    board.take_states(raw()._replace(debug=encode(debug_state(1, validation={}))), NOON)
    assert board.shown.debug is not None
    assert [fact.name for fact in board.shown.debug.validation] == ["Positions", "Balances"]


def test_the_debug_record_is_prefixed_bounded_and_newest_first(board: AccountBoard) -> None:
    """B-19, M-11."""
    many = [msgspec.structs.replace(debug_state(1).message_queue[0], text=f"number {n}") for n in range(200)]
    board.take_states(raw()._replace(debug=encode(debug_state(1, message_queue=many))), NOON)
    shown = board.shown.debug
    assert shown is not None
    assert (len(shown.messages), shown.messages[0].text) == (50, "🔮 OMEGA DEBUG number 199")
    assert [(fact.name, fact.value) for fact in shown.validation] == [
        *(("accepted", "1,203"), ("rejected", "1")),
        *(("Positions", "stream = REST"), ("Balances", "not compared with REST yet")),
    ]


@pytest.mark.parametrize(
    ("retry_at", "advice"),
    [
        (None, "Nothing is asked again before an administrator"),
        (NOON + 300 * SECOND, "It is tried again every five min"),
    ],
)
def test_an_account_in_error_says_what_helps(board: AccountBoard, retry_at: datetime | None, advice: str) -> None:
    """D-04: what only a person can mend is not tried again, and who it is stands beside the reason."""
    line = account_state(1, state="error", text="BitGet does not know this key", retry_at=retry_at)
    board.take_states(States(None, None, encode(line), None), NOON)
    assert board.shown.account.text == "BitGet does not know this key"
    assert board.shown.account.advice.startswith(advice)


def test_the_course_of_the_pnl_stands_still_while_nothing_is_sure(board: AccountBoard) -> None:
    """M-15: numbers that may be old are no part of it."""
    board.take_states(raw(stale_since_at=NOON), NOON)
    assert board.take_states(raw(), NOON + SECOND)[-1].key != "pnl:1"
    later = board.take_states(raw(now=NOON + 60 * SECOND), NOON + 60 * SECOND)
    assert "pnl:1" in [message.key for message in later]
    assert board.shown.pnl.tracks[0].text == "+34.70 USDT, between +34.70 and +34.70 in the last 1 min"


def test_staff_see_errors_in_a_row_by_type(board: AccountBoard) -> None:
    """B-12: of all three types, with the time of the last one."""
    state = ErrorState(kind="api", count=3, last_at=NOON)
    board.take_states(raw()._replace(debug=encode(debug_state(1, error_states=[state]))), NOON)
    assert board.shown.debug
    assert [(fact.name.split(":")[0], fact.value) for fact in board.shown.debug.error_states] == [
        ("Connection", "none"),
        ("Data", "none"),
        ("API", "3 in a row, the last at 12:00:00"),
    ]
