"""Stream against REST: what is a drift, who wins, and how long it takes."""

import pytest

from positions.book.book import Book, Key
from positions.book.difference import Difference, Read
from positions.book.reconcile import KEPT, TAKEN, Judgement, Reconciler
from positions.types import Balances, Orders, Position, Positions
from positions.words import MarginMode, OrderStatus, PositionMode, PositionSide
from tests.positions.holding import LONG, REST, SHORT, STREAM, at, balance, order, position

LIVE = OrderStatus.LIVE
XRP = position("3", "XRPUSDT", updated_at=10)
CLOSED = Difference("position XRPUSDT long", "size", "3", "none")


def whole(*positions: Position, told_at: float) -> Positions:
    return Positions(positions, is_whole=True, told_at=at(told_at))


class Desk:
    """A book with its reconciler, as the loop uses them."""

    def __init__(self) -> None:
        self.book = Book()
        self.reconciler = Reconciler()

    def push(self, event: Read, now: float) -> None:
        self.book.hear(event, STREAM, at(now))

    def read(self, read: Read, now: float, *, is_followed: bool = True) -> Judgement:
        judgement = self.reconciler.judge(read, self.book, at(now), is_followed=is_followed)
        if judgement.adopt is not None:
            self.book.hear(judgement.adopt, REST, at(now), is_followed=is_followed)
        return judgement

    def differences(self, read: Read, now: float) -> list[Difference]:
        """Those that this read makes drifts."""
        return [difference for difference, _ in self.read(read, now).drifts]


@pytest.fixture
def desk() -> Desk:
    """The stream told of 3 XRP long, 10 s after noon."""
    desk = Desk()
    desk.push(whole(XRP, told_at=10), now=10)
    return desk


def test_equal_read_brings_fresher_numbers(desk: Desk) -> None:
    """M-05: the position is aligned, and what follows the price is as REST tells it."""
    read = whole(position("3.0", "XRPUSDT", unrealized_pnl="-0.5", updated_at=10), told_at=15)
    assert desk.read(read, now=15) == Judgement(is_equal=True, adopt=read)
    assert desk.book.positions[Key("XRPUSDT", LONG)].unrealized_pnl == read.positions[0].unrealized_pnl


def test_lost_close_is_found_within_fifteen_seconds(desk: Desk) -> None:
    """B6, B7, B-25: closed right after a read, its push lost; the next read is 5 s later, its second one 2 s after."""
    assert desk.read(whole(XRP, told_at=20), now=20).is_equal
    first = desk.read(whole(told_at=25), now=25)
    assert first == Judgement(is_equal=False, adopt=whole(XRP, told_at=25), ask_again_after=2.0)
    assert Key("XRPUSDT", LONG) in desk.book.positions
    second = desk.read(whole(told_at=27), now=27)
    assert (second.adopt, second.drifts) == (whole(told_at=27), ((CLOSED, TAKEN),))
    assert desk.book.positions == {}


def test_drift_is_told_once_and_settled_once(desk: Desk) -> None:
    """B7: one row for each subject and field, settled by the read that agrees again."""
    for now in (25, 27):
        desk.read(whole(told_at=now), now)
    assert desk.reconciler.drifts(Positions) == (CLOSED,)
    assert desk.read(whole(told_at=32), now=32).settled == (CLOSED,)
    assert desk.read(whole(told_at=37), now=37) == Judgement(is_equal=True, adopt=whole(told_at=37))


def test_push_on_its_way_is_no_drift(desk: Desk) -> None:
    """B7: REST was quicker than the stream by a moment."""
    desk.read(whole(told_at=25), now=25)
    desk.push(whole(told_at=25), now=25.2)
    assert desk.read(whole(told_at=27), now=27) == Judgement(is_equal=True, adopt=whole(told_at=27))


def test_second_read_has_to_be_two_seconds_later(desk: Desk) -> None:
    """B7: one that comes sooner says how long is left."""
    desk.read(whole(told_at=25), now=25)
    assert desk.read(whole(told_at=25.5), now=25.5).ask_again_after == 1.5
    assert desk.book.positions


def test_two_reads_need_not_say_the_same(desk: Desk) -> None:
    """B7: the book is wrong either way while the stream says nothing, and the newest read wins."""
    desk.read(whole(position("2", "XRPUSDT", updated_at=24), told_at=25), now=25)
    desk.read(whole(position("1", "XRPUSDT", updated_at=26), told_at=27), now=27)
    assert desk.book.positions[Key("XRPUSDT", LONG)].size == 1


def test_lost_close_is_found_while_another_position_moves(desk: Desk) -> None:
    """B7: XRP is closed and BTC grows before each read, all pushes lost; each of them has its own two seconds."""
    desk.push(whole(XRP, position("1", updated_at=10), told_at=11), now=11)
    for now in range(20, 26):
        desk.read(whole(position(str(now), updated_at=now), told_at=now), now)
        assert (Key("XRPUSDT", LONG) in desk.book.positions) is (now < 22)
    assert desk.book.positions[Key("BTCUSDT", LONG)].size == 25
    assert desk.reconciler.drifts(Positions)[0].subject == "position BTCUSDT long"


def test_push_that_is_late_each_time_keeps_nothing_else_waiting(desk: Desk) -> None:
    """B7: V3: REST is a moment ahead of BTC's pushes, which is no drift; that XRP is closed is found all the same."""
    desk.push(whole(XRP, position("1", updated_at=10), told_at=11), now=11)
    drifts = []
    for now in (20.0, 22.2, 24.4):
        grown = position(str(now), updated_at=now)
        drifts += desk.differences(whole(grown, told_at=now), now)
        desk.push(Positions((grown,), is_whole=False, told_at=at(now)), now + 0.3)
    assert drifts == [CLOSED]
    assert set(desk.book.positions) == {Key("BTCUSDT", LONG)}


def test_lost_end_of_an_order_is_found_while_others_come_and_go(desk: Desk) -> None:
    """B7: each read sees another young order whose push is on its way, and misses one."""
    desk.read(Orders((order(LIVE, "1", updated_at=10),), is_whole=True, told_at=at(11)), now=11)
    drifts = []
    for now in (20.0, 22.5):
        young = order(LIVE, f"young {now}", updated_at=now)
        drifts += desk.differences(Orders((young,), is_whole=True, told_at=at(now + 0.1)), now + 0.1)
        desk.push(Orders((young, order(OrderStatus.CANCELLED, young.order_id, updated_at=now + 0.5))), now + 0.5)
    assert drifts == [Difference("order 1", "state", "live", "none")]
    assert desk.book.orders == {}


def test_what_is_suspected_stays_and_all_else_is_fresher(desk: Desk) -> None:
    """M-05: one position that differs leaves the numbers of no other old."""
    desk.push(whole(XRP, position("1", updated_at=10), told_at=11), now=11)
    desk.read(whole(position("1", unrealized_pnl="-0.5", updated_at=10), told_at=20), now=20)
    assert set(desk.book.positions) == {Key("XRPUSDT", LONG), Key("BTCUSDT", LONG)}
    assert str(desk.book.positions[Key("BTCUSDT", LONG)].unrealized_pnl) == "-0.5"


def test_older_row_keeps_nothing_else_waiting(desk: Desk) -> None:
    """B7: REST lags behind with BTC for ever; that XRP is closed is taken over, and each row says what was done."""
    desk.push(whole(XRP, position("2", updated_at=15), told_at=15), now=15)
    lagging = position("1", updated_at=14)
    desk.read(whole(lagging, told_at=25), now=25)
    drifts = dict(desk.read(whole(lagging, told_at=27), now=27).drifts)
    assert drifts == {Difference("position BTCUSDT long", "size", "2", "1"): KEPT, CLOSED: TAKEN}
    assert [f"{each.size:f}" for each in desk.book.positions.values()] == ["2"]


def test_position_that_turns_behind_the_stream_is_taken_over_once(desk: Desk) -> None:
    """B9: of the two differences one is suspected later, since the stream speaks of its side in between."""
    held = position("3", "XRPUSDT", position_mode=PositionMode.ONE_WAY, updated_at=11)
    desk.push(whole(held, told_at=11), now=11)
    short = position("2", "XRPUSDT", SHORT, position_mode=PositionMode.ONE_WAY, updated_at=24)
    desk.read(whole(short, told_at=25), now=25)
    desk.push(Positions((position(symbol="XRPUSDT", leverage="7"),), is_whole=False), now=26)
    desk.read(whole(short, told_at=27), now=27)
    assert set(desk.book.positions) == {Key("XRPUSDT", SHORT)}


@pytest.mark.parametrize("size", ["3", "2"])
def test_stream_that_speaks_in_between_begins_anew(desk: Desk, size: str) -> None:
    """B7: also where it says what it said before."""
    desk.read(whole(told_at=25), now=25)
    desk.push(whole(position(size, "XRPUSDT", updated_at=10), told_at=26), now=26)
    assert desk.read(whole(told_at=27), now=27).ask_again_after == 2.0
    assert desk.differences(whole(told_at=29), now=29)


def test_read_older_than_the_stream_is_no_evidence(desk: Desk) -> None:
    """B7: however often it comes."""
    for now in (11, 13, 15):
        judgement = desk.read(whole(told_at=9.9), now)
        assert judgement == Judgement(is_equal=False, adopt=None, ask_again_after=2.0)


def test_older_row_is_a_drift_and_does_not_win(desk: Desk) -> None:
    """B7, B-25: that REST lags behind the stream for long is told; the stream's word stays."""
    lagging = position("1", "XRPUSDT", updated_at=9)
    desk.read(whole(lagging, told_at=25), now=25)
    kept = Difference("position XRPUSDT long", "size", "3", "1"), KEPT
    assert desk.read(whole(lagging, told_at=27), now=27).drifts == (kept,)
    assert desk.read(whole(lagging, told_at=32), now=32) == Judgement(False, whole(lagging, told_at=32))
    assert desk.book.positions[Key("XRPUSDT", LONG)].size == 3


@pytest.mark.parametrize(("side", "mode"), [(SHORT, MarginMode.CROSSED), (LONG, MarginMode.ISOLATED)])
def test_wrong_side_and_margin_mode_are_drifts(desk: Desk, side: PositionSide, mode: MarginMode) -> None:
    """B-25: either is two differences, one of either position."""
    desk.push(whole(position("3", "XRPUSDT", margin_mode=MarginMode.CROSSED, updated_at=11), told_at=11), now=11)
    other = position("3", "XRPUSDT", side, margin_mode=mode, updated_at=12)
    desk.read(whole(other, told_at=25), now=25)
    drifts = desk.differences(whole(other, told_at=27), now=27)
    assert {(each.subject, each.rest_value) for each in drifts} == {
        ("position XRPUSDT long crossed", "none"),
        (f"position XRPUSDT {side} {mode}", "3"),
    }


def test_read_without_a_margin_mode_is_about_the_one_that_is_held(desk: Desk) -> None:
    """B-25: what is left out is no difference."""
    desk.push(whole(position("3", "XRPUSDT", margin_mode=MarginMode.CROSSED, updated_at=11), told_at=11), now=11)
    assert desk.read(whole(position("3", "XRPUSDT", updated_at=11), told_at=25), now=25).is_equal


def test_what_nobody_knows_since_the_line_came_up_is_told_by_the_first_read(desk: Desk) -> None:
    """B6, M-07: after a reconnection there is nothing that a read could disagree with."""
    desk.book.interrupted()
    assert desk.read(whole(told_at=40), now=40).is_equal
    assert desk.book.positions == {}


def test_what_changes_while_the_line_is_down_is_no_drift(desk: Desk) -> None:
    """M-07: each read is believed at once, as the first one is after the line has come up."""
    desk.book.interrupted()
    for size, now in (("3", 20), ("2", 25)):
        desk.read(whole(position(size, "XRPUSDT", updated_at=now), told_at=now), now, is_followed=False)
        assert f"{desk.book.positions[Key('XRPUSDT', LONG)].size:f}" == size
    assert desk.read(whole(told_at=30), now=30).is_equal
    assert desk.book.positions == {}


def test_drift_is_over_when_the_line_goes_down(desk: Desk) -> None:
    """B7: REST lags behind with a row; there is no stream any more to differ from."""
    lagging = whole(position("1", "XRPUSDT", updated_at=9), told_at=25)
    for now in (25, 27):
        desk.read(lagging, now)
    judgement = desk.read(lagging, now=30, is_followed=False)
    assert judgement == Judgement(True, lagging, settled=(Difference("position XRPUSDT long", "size", "3", "1"),))


def test_orders_of_which_no_push_came_are_read(desk: Desk) -> None:
    """B6: the channel tells only changes, so the first read brings all that are open."""
    assert desk.read(Orders((order(LIVE),), is_whole=True), now=11).adopt
    assert set(desk.book.orders) == {"1"}


def test_lost_end_and_lost_fill_of_orders_are_drifts(desk: Desk) -> None:
    """B7: an order that is not open any more, one that nobody told of, and one that is filled further."""
    desk.read(Orders((order(LIVE, "1"), order(LIVE, "2", filled="0")), is_whole=True), now=11)
    read = Orders((order(OrderStatus.PARTIALLY_FILLED, "2", filled="0.5"), order(LIVE, "3")), is_whole=True)
    assert desk.read(read, now=21).ask_again_after == 2.0
    assert desk.differences(read, now=23) == [
        Difference("order 1", "state", "live", "none"),
        Difference("order 2", "filled", "none", "0.5"),
        Difference("order 3", "state", "none", "live"),
    ]
    assert set(desk.book.orders) == {"2", "3"}


def test_read_that_is_not_whole_misses_nothing(desk: Desk) -> None:
    """B7: where there are too many orders to read them all, the others are not gone."""
    desk.read(Orders((order(LIVE, "1"), order(LIVE, "2")), is_whole=True), now=11)
    assert desk.read(Orders((order(LIVE, "2"),)), now=21).is_equal
    assert set(desk.book.orders) == {"1", "2"}


def test_balances_follow_the_price_and_never_drift(desk: Desk) -> None:
    """B7: REST's are taken as they come."""
    for equity, now in (("12", 11), ("13", 41)):
        read = Balances((balance(equity=equity),), at(now))
        assert desk.read(read, now) == Judgement(is_equal=True, adopt=read)
    assert desk.book.balances["USDT"].equity == 13
