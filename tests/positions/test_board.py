"""What an account shows: its numbers at the newest mark price, how old they are, and when they are written."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from feeds.storage.latest import Stamped
from positions.board import DEBUG_EVERY_S, Board
from positions.book import Book, Source
from positions.cadence import What
from positions.difference import Difference
from positions.latest import AccountState, DebugState, OrdersState, PositionLine, PositionsState
from positions.outgoing import AGAIN_EVERY_S
from positions.prices import TICKER_HOLDS
from positions.types import (
    AccountEvent,
    AccountKind,
    Balance,
    Balances,
    OrderKind,
    Orders,
    Position,
    Positions,
    Ticker,
)
from tests.clock import ManualClock
from tests.positions.samples import PLAN, long, ticker, trigger

D = Decimal
STOP = trigger("2", OrderKind.STOP_LOSS, "58000")
TARGET = trigger("1", OrderKind.TAKE_PROFIT, "66000")
MISSING = Difference("position BTCUSDT long", "size", "0.5", "none")


class Account:
    """A board with the book that it shows, and what it handed out last."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.board = Board(PLAN, 3, clock)
        self.book = Book()
        self.written: dict[str, Stamped] = {}

    def hear(self, event: AccountEvent, source: Source = Source.STREAM) -> None:
        self.book.hear(event, source, self.clock.now())
        self.board.show(self.book)

    def connect(self, *held: Position) -> None:
        self.hear(Positions(held, is_whole=True))
        self.hear(Orders((TARGET, STOP), is_whole=True), Source.REST)
        self.board.entered("connected")

    def lose(self) -> None:
        self.book.interrupted()
        self.board.show(self.book)
        self.board.entered("reconnecting", "the line was cut", self.clock.now() + timedelta(seconds=1), 1)

    def taken(self) -> dict[str, Stamped]:
        taken = self.board.take()
        self.written |= taken
        return taken

    def positions(self) -> PositionsState:
        self.taken()
        state = self.written["position:7"]
        assert isinstance(state, PositionsState)
        return state

    def line(self) -> PositionLine:
        (line,) = self.positions().positions
        return line

    def orders(self) -> OrdersState:
        self.taken()
        state = self.written["orders:7"]
        assert isinstance(state, OrdersState)
        return state

    def state(self) -> AccountState:
        self.taken()
        state = self.written["account:7"]
        assert isinstance(state, AccountState)
        return state


@pytest.fixture
def account(clock: ManualClock) -> Account:
    return Account(clock)


def test_numbers_are_at_the_newest_mark_price(account: Account) -> None:
    """B-17, V-18: PnL, both ratios and the distances follow the price; the venue's own number stays beside them."""
    account.connect(long())
    account.board.measure({"BTCUSDT": D(3000)})
    account.board.mark(ticker("63000"))
    line = account.line()
    assert (line.mark_price, line.marked_at) == (D(63_000), account.clock.now())
    assert (line.pnl, line.pnl_percent, line.roe_percent, line.venue_pnl) == (D(1500), D(5), D(50), D(-1))
    assert (line.liquidation_percent, line.liquidation_atr, line.risk) == (D("23.8095"), D(5), "watch")
    assert ([each.distance_percent for each in line.take_profits], line.state) == ([D("4.76190")], "ALIGNED")


def test_without_a_mark_price_the_venues_numbers_are_told(account: Account) -> None:
    """B-17: none of ours is made up, and no risk is told that nobody computed."""
    account.connect(long())
    line = account.line()
    assert (line.pnl, line.roe_percent, line.mark_price) == (D(-1), D(-50), None)
    assert (line.liquidation_percent, line.liquidation_atr, line.risk) == (None, None, "")


def test_what_the_venue_does_not_tell_is_not_provided(account: Account) -> None:
    """V-18: a position without a liquidation price and without a margin."""
    account.connect(replace(long(), liquidation_price=None, margin=None, roe=None))
    account.board.mark(ticker("63000"))
    line = account.line()
    assert (line.pnl, line.roe_percent) == (D(1500), None)
    assert (line.liquidation_price, line.liquidation_percent, line.risk) == (None, None, "")


async def test_rest_tells_the_price_while_the_ticker_is_silent(account: Account) -> None:
    """B-27: a position has a mark price too; it counts when it is new, and the ticker has been silent."""
    account.connect(long())
    account.board.mark(ticker("63000"))
    account.hear(Positions((replace(long(), mark_price=D(61_000)),), is_whole=True), Source.REST)
    assert account.line().mark_price == D(63_000)
    await account.clock.advance(TICKER_HOLDS.total_seconds() + 1)
    account.board.show(account.book)
    assert account.line().mark_price == D(63_000)
    account.hear(Positions((replace(long(), mark_price=D(62_000)),), is_whole=True), Source.REST)
    assert (account.line().mark_price, account.line().marked_at) == (D(62_000), account.clock.now())


def test_a_price_is_never_from_the_future(account: Account) -> None:
    """M-08: the venue's clock may be ahead of ours."""
    account.connect(long())
    account.board.mark(ticker("63000", told_at=account.clock.now() + timedelta(hours=1)))
    account.board.mark(Ticker(symbol="BTCUSDT", funding_rate=D("0.0001")))
    line = account.line()
    assert (line.mark_price, line.marked_at, line.funding_rate) == (D(63_000), account.clock.now(), D("0.0001"))


def test_an_old_price_is_none_for_a_symbol_that_is_held_again(account: Account) -> None:
    """B-09: a position that was closed takes its price with it, also one that comes a moment later."""
    account.connect(long())
    account.board.mark(ticker("63000"))
    account.hear(Positions((), is_whole=True))
    assert account.positions().positions == []
    account.board.mark(ticker("63000"))
    opened_at = account.clock.now() + timedelta(seconds=1)
    account.hear(Positions((replace(long(), updated_at=opened_at),), is_whole=True, told_at=opened_at))
    assert account.line().mark_price is None


async def test_what_was_held_is_kept_and_stale_while_the_line_is_down(account: Account) -> None:
    """M-07: since it was lost; nothing is flat because of it."""
    account.connect(long())
    assert (account.positions().stale_since_at, account.orders().stale_since_at) == (None, None)
    await account.clock.advance(3.0)
    account.lose()
    lost_at = account.clock.now()
    await account.clock.advance(30.0)
    account.lose()
    assert [each.size for each in account.positions().positions] == [D("0.5")]
    assert {account.positions().stale_since_at, account.orders().stale_since_at} == {lost_at}
    assert account.state().stale_since_at == lost_at
    account.connect(long())
    assert account.positions().stale_since_at is None


async def test_what_rest_tells_meanwhile_is_as_old_as_it_was_told(account: Account) -> None:
    """B6: the line is down and says nothing of what changes between two reads, so it is stale all the same."""
    account.connect(long())
    account.lose()
    lost_at = account.clock.now()
    await account.clock.advance(5.0)
    account.board.checked(What.POSITIONS, is_equal=True)
    read_at = account.clock.now()
    await account.clock.advance(5.0)
    account.board.checked(What.POSITIONS, is_equal=False, drifts=[MISSING])
    assert (account.positions().stale_since_at, account.orders().stale_since_at) == (read_at, lost_at)


def test_nothing_is_flat_before_it_was_told(account: Account) -> None:
    """M-05, B3: what nobody knows is not known to be nothing; what was told once stays told."""
    assert (account.positions().is_known, account.orders().is_known) == (False, False)
    account.hear(Positions((), is_whole=True))
    assert (account.positions().is_known, account.orders().is_known) == (True, False)
    account.lose()
    assert (account.positions().is_known, account.positions().positions) == (True, [])
    assert account.positions().stale_since_at is not None


def test_what_the_database_remembers_is_stale_until_it_is_told(account: Account) -> None:
    """M-07: also the orders of a line that is up, before REST was asked for them."""
    account.book.recall([long()], [STOP], [])
    account.board.show(account.book)
    account.board.entered("connected")
    assert (account.positions().is_known, account.orders().is_known) == (False, False)
    assert account.positions().stale_since_at == account.clock.now()
    assert account.orders().stale_since_at == account.clock.now()
    assert [each.order_id for each in account.orders().orders] == ["2"]


def test_a_position_that_stream_and_rest_see_differently_says_so(account: Account) -> None:
    """B-25, M-05: that one only, until they agree again."""
    account.connect(long(), long(symbol="ETHUSDT"))
    account.board.checked(What.POSITIONS, is_equal=False, drifts=[MISSING])
    state = account.positions()
    assert [line.state for line in state.positions] == ["DRIFT", "ALIGNED"]
    assert (state.check.is_equal, state.check.drifts, state.check.checked_at) == (False, 1, account.clock.now())
    account.board.checked(What.POSITIONS, is_equal=True)
    assert [line.state for line in account.positions().positions] == ["ALIGNED", "ALIGNED"]


async def test_a_stop_loss_that_did_not_work_is_told(account: Account) -> None:
    """M-17: three seconds beyond it, and still there; over once the order is gone."""
    account.connect(long())
    account.board.mark(ticker("57000"))
    assert (account.line().stop_losses[0].is_breached, account.board.breach) == (False, "")
    await account.clock.advance(4.0)
    account.board.mark(ticker("57000"))
    assert account.line().stop_losses[0].is_breached
    told = "BTCUSDT long: the mark price is beyond the stop-loss at 58000, and the order is still there"
    assert account.board.breach == told
    account.hear(Orders((TARGET,), is_whole=True), Source.REST)
    assert (account.line().stop_losses, account.board.breach) == ([], "")


async def test_no_target_is_breached_while_the_line_is_down(account: Account) -> None:
    """M-17: it may have worked, and nobody told us."""
    account.connect(long())
    account.board.mark(ticker("57000"))
    account.taken()
    account.lose()
    await account.clock.advance(4.0)
    account.board.mark(ticker("57000"))
    assert not account.line().stop_losses[0].is_breached


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
