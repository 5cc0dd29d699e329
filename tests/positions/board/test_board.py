"""What an account shows: its numbers at the newest mark price, and how old they are."""

from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace

from positions.board.prices import TICKER_HOLDS
from positions.book.book import Source
from positions.connection.cadence import What
from positions.latest import PnlCheck
from positions.types import Orders, Positions, Ticker
from tests.positions.board.shown import MISSING, STOP, TARGET, Account
from tests.positions.samples import long, ticker

D = Decimal


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


def test_our_pnl_is_checked_at_the_mark_price_of_the_venues_own_message(account: Account) -> None:
    """B-26: a push without a mark price is compared with nothing, and leaves the last comparison as it was."""
    account.connect(long())
    account.board.mark(ticker("63000"))
    assert account.line().pnl_check is None
    read = replace(long(), mark_price=D(61_000), unrealized_pnl=D(500))
    account.hear(Positions((read,), is_whole=True), Source.REST)
    account.hear(Positions((replace(long(), unrealized_pnl=D(499)),), is_whole=True))
    assert account.line().pnl_check == PnlCheck(ours=D(500), venues=D(500))


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


async def test_an_outage_has_one_beginning_whatever_rest_tells_meanwhile(account: Account) -> None:
    """B6: what changes between two reads is not told, so all is stale since the line was lost, until it is up again."""
    account.connect(long())
    account.lose()
    lost_at = account.clock.now()
    for is_equal in (True, False):
        await account.clock.advance(5.0)
        account.board.checked(What.POSITIONS, 5.0, is_equal=is_equal)
        assert (account.positions().stale_since_at, account.orders().stale_since_at) == (lost_at, lost_at)
    account.board.entered("connected")
    assert account.positions().stale_since_at == lost_at
    account.connect(long())
    assert account.positions().stale_since_at is None


async def test_what_rest_does_not_confirm_for_two_periods_is_stale(account: Account) -> None:
    """M-04: each by itself, although the line is up: a push may have been lost; since REST last said the same."""
    account.connect(long())
    account.board.checked(What.POSITIONS, 5.0, is_equal=True)
    read_at = account.clock.now()
    await account.clock.advance(5.0)
    account.board.unchecked(What.POSITIONS, "the venue has trouble")
    account.board.checked(What.ORDERS, 10.0, is_equal=True)
    account.board.checked(What.BALANCES, 30.0, is_equal=True)
    await account.clock.advance(5.0)
    assert (account.positions().stale_since_at, account.board.overdue) == (None, "")
    await account.clock.advance(0.1)
    assert (account.positions().stale_since_at, account.orders().stale_since_at) == (read_at, None)
    assert account.board.overdue == "REST does not tell positions: the venue has trouble"
    account.board.checked(What.POSITIONS, 5.0, is_equal=True)
    assert (account.positions().stale_since_at, account.board.overdue) == (None, "")


async def test_what_rest_never_told_on_a_line_is_stale_soon(account: Account) -> None:
    """M-04: all is asked when the line comes up; while it is down only a question that failed is told."""
    connected_at = account.clock.now()
    account.connect(long())
    await account.clock.advance(10.1)
    assert account.positions().stale_since_at == connected_at
    assert account.board.overdue.startswith("REST does not tell positions: no answer; REST does not tell orders")
    account.lose()
    assert account.board.overdue == ""
    account.board.unchecked(What.ORDERS, "too many requests")
    assert account.board.overdue == "REST does not tell orders: too many requests"


def test_nothing_is_flat_before_it_was_told(account: Account) -> None:
    """M-05, B3: what nobody knows is not known to be nothing; what was told once stays told."""
    assert (account.positions().is_known, account.orders().is_known) == (False, False)
    account.hear(Positions((), is_whole=True))
    assert (account.positions().is_known, account.orders().is_known) == (True, False)
    account.lose()
    assert (account.positions().is_known, account.positions().positions) == (True, [])
    assert account.positions().stale_since_at is not None


def test_flat_is_known_by_rest_alone(account: Account) -> None:
    """M-07: the line has never been up; it is shown with its age."""
    account.book.hear(Positions((), is_whole=True), Source.REST, account.clock.now(), is_followed=False)
    account.board.checked(What.POSITIONS, 5.0, is_equal=True)
    assert (account.positions().is_known, account.positions().positions) == (True, [])
    assert account.positions().stale_since_at == account.clock.now()


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
    account.board.checked(What.POSITIONS, 5.0, is_equal=False, drifts=[MISSING])
    state = account.positions()
    assert [line.state for line in state.positions] == ["DRIFT", "ALIGNED"]
    assert (state.check.is_equal, state.check.drifts, state.check.checked_at) == (False, 1, account.clock.now())
    account.board.checked(What.POSITIONS, 5.0, is_equal=True)
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


async def test_a_breach_is_not_over_because_rest_is_late(account: Account) -> None:
    """M-17: the line is up, and would have told that the order is gone."""
    account.connect(long())
    for _ in range(2):
        account.board.mark(ticker("57000"))
        account.taken()
        await account.clock.advance(11.0)
    account.board.mark(ticker("57000"))
    assert account.orders().stale_since_at is not None
    assert account.line().stop_losses[0].is_breached
    assert account.board.breach
