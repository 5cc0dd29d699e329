"""What of an account is written to Redis, and when."""

from datetime import timedelta
from decimal import Decimal

from positions.board.board import DEBUG_EVERY_S
from positions.board.outgoing import AGAIN_EVERY_S
from positions.latest import DebugState
from positions.types import Balance, Balances, Orders
from positions.words import AccountKind, OrderKind
from tests.positions.board.shown import Account
from tests.positions.samples import PLAN, long, ticker, trigger

D = Decimal


async def test_only_what_changed_is_written_and_all_of_it_again_in_time(account: Account) -> None:
    """M-04: versions rise, and nothing runs out in Redis."""
    account.connect(long())
    first = account.taken()
    assert {"position:7", "orders:7", "account:7", "debug:7"} <= first.keys()
    assert {state.fence for state in first.values()} == {3}
    account.board.mark(ticker("63000"))
    second = account.taken()
    assert set(second) == {"position:7"}
    assert second["position:7"].version > first["position:7"].version
    assert account.taken() == {}
    await account.clock.advance(AGAIN_EVERY_S)
    again = account.taken()
    assert {"position:7", "orders:7", "account:7", "debug:7"} <= again.keys()
    assert again["orders:7"].version > second["position:7"].version


def test_lines_have_one_order_whatever_came_first(account: Account) -> None:
    """M-04: positions by symbol and side, orders by symbol and age, balances by coin."""
    held = (long(symbol="ETHUSDT"), long())
    account.connect(*held)
    account.hear(Orders((trigger("10", OrderKind.TRIGGER, "1"), trigger("9", OrderKind.TRIGGER, "1"))))
    account.hear(Balances((Balance(coin="USDT", equity=D(1)), Balance(coin="BTC"))))
    assert [line.symbol for line in account.positions().positions] == ["BTCUSDT", "ETHUSDT"]
    assert [line.order_id for line in account.orders().orders] == ["1", "2", "9", "10"]
    assert [line.coin for line in account.state().balances] == ["BTC", "USDT"]


async def test_the_line_says_what_it_does_and_since_when(account: Account) -> None:
    """M-02, M-10: a state that goes on keeps its beginning."""
    account.board.entered("authenticating")
    began_at = account.clock.now()
    await account.clock.advance(1.0)
    retry_at = account.clock.now() + timedelta(seconds=2)
    account.board.entered("authenticating", "no answer to the login for 5 s", retry_at, 2)
    account.board.heartbeat()
    account.board.subscribed(["positions", "account"])
    account.board.budget(0.123456)
    account.board.skew(-40)
    account.board.follow(PLAN._replace(label="renamed", kind=AccountKind.UNIFIED))
    state = account.state()
    assert (state.state, state.text, state.since_at) == ("authenticating", "no answer to the login for 5 s", began_at)
    assert (state.retry_at, state.attempts, state.heartbeat_at) == (retry_at, 2, account.clock.now())
    assert (state.channels, state.budget_used, state.clock_skew_ms) == (["account", "positions"], 0.12, -40)
    assert (state.label, state.kind, state.environment) == ("renamed", "unified", "live")


async def test_an_alert_is_raised_once_until_it_is_cleared(account: Account) -> None:
    """M-09: however often it is told, and whatever its words become."""
    account.board.alert("credentials", "signature refused")
    raised_at = account.clock.now()
    await account.clock.advance(1.0)
    account.board.alert("credentials", "passphrase refused")
    (alert,) = account.state().alerts
    assert (alert.kind, alert.text, alert.raised_at) == ("credentials", "passphrase refused", raised_at)
    account.board.clear("credentials")
    account.board.clear("credentials")
    assert account.state().alerts == []


async def test_staff_sees_the_last_messages_once_a_second(account: Account) -> None:
    """M-11: with what is called like a secret blanked out."""
    account.taken()
    account.board.said("positions", "a frame")
    account.board.failed("json", '{"apiKey":"abc"}')
    assert account.taken() == {}
    await account.clock.advance(DEBUG_EVERY_S)
    debug = account.taken()["debug:7"]
    assert isinstance(debug, DebugState)
    assert [each.text for each in debug.message_queue] == ["a frame"]
    assert [each.text for each in debug.error_log] == ['{"apiKey":"•••"}']
    assert (debug.counts, debug.validation, debug.connection_state) == ({"positions": 1}, {"json": 1}, "disconnected")
