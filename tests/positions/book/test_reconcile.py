"""Stream against REST: what is a drift, who wins, and how long it takes."""

import pytest

from positions.book.book import Book, Key
from positions.book.difference import Difference
from positions.book.reconcile import Judgement, Read, Reconciler
from positions.types import Balances, Orders, Position, Positions
from positions.words import MarginMode, OrderStatus, PositionSide
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

    def read(self, read: Read, now: float) -> Judgement:
        judgement = self.reconciler.judge(read, self.book, at(now))
        if judgement.adopt:
            self.book.hear(read, REST, at(now))
        return judgement


@pytest.fixture
def desk() -> Desk:
    """The stream told of 3 XRP long, 10 s after noon."""
    desk = Desk()
    desk.push(whole(XRP, told_at=10), now=10)
    return desk


def test_equal_read_brings_fresher_numbers(desk: Desk) -> None:
    """M-05: the position is aligned, and what follows the price is as REST tells it."""
    read = whole(position("3.0", "XRPUSDT", unrealized_pnl="-0.5", updated_at=10), told_at=15)
    assert desk.read(read, now=15) == Judgement(is_equal=True, adopt=True)
    assert desk.book.positions[Key("XRPUSDT", LONG)].unrealized_pnl == read.positions[0].unrealized_pnl


def test_lost_close_is_found_within_fifteen_seconds(desk: Desk) -> None:
    """B6, B7, B-25: closed right after a read, its push lost; the next read is 5 s later, its second one 2 s after."""
    assert desk.read(whole(XRP, told_at=20), now=20).is_equal
    first = desk.read(whole(told_at=25), now=25)
    assert first == Judgement(is_equal=False, adopt=False, ask_again_after=2.0)
    assert Key("XRPUSDT", LONG) in desk.book.positions
    second = desk.read(whole(told_at=27), now=27)
    assert (second.adopt, second.drifts) == (True, (CLOSED,))
    assert desk.book.positions == {}


def test_drift_is_told_once_and_settled_once(desk: Desk) -> None:
    """B7: one row for each subject and field, settled by the read that agrees again."""
    for now in (25, 27):
        desk.read(whole(told_at=now), now)
    assert desk.reconciler.drifts(Positions) == (CLOSED,)
    assert desk.read(whole(told_at=32), now=32) == Judgement(is_equal=True, adopt=True, settled=(CLOSED,))
    assert desk.read(whole(told_at=37), now=37) == Judgement(is_equal=True, adopt=True)


def test_push_on_its_way_is_no_drift(desk: Desk) -> None:
    """B7: REST was quicker than the stream by a moment."""
    desk.read(whole(told_at=25), now=25)
    desk.push(whole(told_at=25), now=25.2)
    assert desk.read(whole(told_at=27), now=27) == Judgement(is_equal=True, adopt=True)


def test_second_read_has_to_be_two_seconds_later(desk: Desk) -> None:
    """B7: one that comes sooner says how long is left."""
    desk.read(whole(told_at=25), now=25)
    assert desk.read(whole(told_at=25.5), now=25.5) == Judgement(is_equal=False, adopt=False, ask_again_after=1.5)


def test_two_reads_that_differ_begin_anew(desk: Desk) -> None:
    """B7: REST wins only when it says the same twice."""
    desk.read(whole(told_at=25), now=25)
    other = whole(position("1", "XRPUSDT", updated_at=26), told_at=27)
    assert desk.read(other, now=27).ask_again_after == 2.0
    assert desk.read(whole(*other.positions, told_at=29), now=29).adopt


@pytest.mark.parametrize("size", ["3", "2"])
def test_stream_that_speaks_in_between_begins_anew(desk: Desk, size: str) -> None:
    """B7: also where it says what it said before."""
    desk.read(whole(told_at=25), now=25)
    desk.push(whole(position(size, "XRPUSDT", updated_at=10), told_at=26), now=26)
    assert desk.read(whole(told_at=27), now=27) == Judgement(is_equal=False, adopt=False, ask_again_after=2.0)
    assert desk.read(whole(told_at=29), now=29).adopt


def test_read_older_than_the_stream_is_no_evidence(desk: Desk) -> None:
    """B7: however often it comes."""
    for now in (11, 13, 15):
        judgement = desk.read(whole(told_at=9.9), now)
        assert judgement == Judgement(is_equal=False, adopt=False, ask_again_after=2.0)


def test_older_row_is_a_drift_and_does_not_win(desk: Desk) -> None:
    """B7, B-25: that REST lags behind the stream for long is told; the stream's word stays."""
    lagging = position("1", "XRPUSDT", updated_at=9)
    desk.read(whole(lagging, told_at=25), now=25)
    judgement = desk.read(whole(lagging, told_at=27), now=27)
    assert (judgement.adopt, judgement.drifts) == (False, (Difference("position XRPUSDT long", "size", "3", "1"),))
    assert "stream" in judgement.resolution
    assert desk.read(whole(lagging, told_at=32), now=32).drifts == ()


@pytest.mark.parametrize(("side", "mode"), [(SHORT, MarginMode.CROSSED), (LONG, MarginMode.ISOLATED)])
def test_wrong_side_and_margin_mode_are_drifts(desk: Desk, side: PositionSide, mode: MarginMode) -> None:
    """B-25: either is two differences, one of either position."""
    desk.push(whole(position("3", "XRPUSDT", margin_mode=MarginMode.CROSSED, updated_at=11), told_at=11), now=11)
    other = position("3", "XRPUSDT", side, margin_mode=mode, updated_at=12)
    desk.read(whole(other, told_at=25), now=25)
    drifts = desk.read(whole(other, told_at=27), now=27).drifts
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
    assert desk.read(whole(told_at=40), now=40) == Judgement(is_equal=True, adopt=True)
    assert desk.book.positions == {}


def test_orders_of_which_no_push_came_are_read(desk: Desk) -> None:
    """B6: the channel tells only changes, so the first read brings all that are open."""
    assert desk.read(Orders((order(LIVE),), is_whole=True), now=11).adopt
    assert set(desk.book.orders) == {"1"}


def test_lost_end_and_lost_fill_of_orders_are_drifts(desk: Desk) -> None:
    """B7: an order that is not open any more, one that nobody told of, and one that is filled further."""
    desk.read(Orders((order(LIVE, "1"), order(LIVE, "2", filled="0")), is_whole=True), now=11)
    read = Orders((order(OrderStatus.PARTIALLY_FILLED, "2", filled="0.5"), order(LIVE, "3")), is_whole=True)
    assert desk.read(read, now=21).ask_again_after == 2.0
    assert desk.read(read, now=23).drifts == (
        Difference("order 1", "state", "live", "none"),
        Difference("order 2", "filled", "none", "0.5"),
        Difference("order 3", "state", "none", "live"),
    )
    assert set(desk.book.orders) == {"2", "3"}


def test_read_that_is_not_whole_misses_nothing(desk: Desk) -> None:
    """B7: where there are too many orders to read them all, the others are not gone."""
    desk.read(Orders((order(LIVE, "1"), order(LIVE, "2")), is_whole=True), now=11)
    assert desk.read(Orders((order(LIVE, "2"),)), now=21).is_equal
    assert set(desk.book.orders) == {"1", "2"}


def test_balances_follow_the_price_and_never_drift(desk: Desk) -> None:
    """B7: REST's are taken as they come."""
    for equity, now in (("12", 11), ("13", 41)):
        assert desk.read(Balances((balance(equity=equity),), at(now)), now) == Judgement(is_equal=True, adopt=True)
    assert desk.book.balances["USDT"].equity == 13
