"""What is known of an account: pushes in any shape and order, and what they may not do."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec import UNSET

from positions.book.book import Book, ChangeKind, Key, PositionChanged
from positions.types import Balances, Orders, Pong, Position, Positions
from positions.words import OrderStatus, PositionMode
from tests.positions.holding import LONG, REST, SHORT, STREAM, at, balance, order, position, told


def whole(*positions: Position, told_at: float = 60) -> Positions:
    return Positions(positions, is_whole=True, told_at=at(told_at))


def part(*positions: Position) -> Positions:
    return Positions(positions, is_whole=False)


@pytest.fixture
def book() -> Book:
    """It holds 3 XRP long, told 10 s after noon."""
    book = Book()
    book.hear(whole(position("3", "XRPUSDT", entry_price="2.2366", updated_at=10), told_at=10), STREAM, at(10))
    return book


def held(book: Book, symbol: str = "XRPUSDT") -> Position:
    return book.positions[Key(symbol, LONG)]


def test_snapshot_closes_what_it_leaves_out(book: Book) -> None:
    """B9: V2 tells all that is open each time; `[]` is flat."""
    assert told(book, whole()) == [("XRPUSDT", "long", "closed")]
    assert book.positions == {}
    assert book.knows_positions


def test_update_closes_nothing_that_it_leaves_out(book: Book) -> None:
    """B9: V3 tells what changed, which may be nothing."""
    assert told(book, part()) == []
    assert told(book, part(position("1", updated_at=20))) == [("BTCUSDT", "long", "opened")]
    assert set(book.positions) == {Key("XRPUSDT", LONG), Key("BTCUSDT", LONG)}


def test_ended_position_is_closed(book: Book) -> None:
    """B9: V3 tells the end of one with size 0."""
    (change,) = book.hear(part(position("0", "XRPUSDT", updated_at=20)), STREAM, at(21))
    assert isinstance(change, PositionChanged)
    assert (change.kind, change.after, change.at) == (ChangeKind.CLOSED, None, at(20))
    assert change.position.size == 3


def test_missing_field_stays_and_told_none_does_not(book: Book) -> None:
    """B9: missing is not zero; an empty string says that there is none."""
    book.hear(part(position("3", "XRPUSDT", liquidation_price="1.5", leverage="10", updated_at=20)), STREAM, at(20))
    book.hear(part(position(symbol="XRPUSDT", liquidation_price=None, updated_at=21)), STREAM, at(21))
    xrp = held(book)
    assert (xrp.size, xrp.entry_price, xrp.leverage) == (Decimal(3), Decimal("2.2366"), Decimal(10))
    assert (xrp.liquidation_price, xrp.mark_price) == (None, UNSET)


@pytest.mark.parametrize("size", [UNSET, None])
def test_size_that_is_not_told_is_not_zero(book: Book, size: None) -> None:
    """B9: in a snapshot too, the position is there; one that nobody knew is none yet."""
    assert told(book, whole(position(size, "XRPUSDT", updated_at=20), position(size))) == [("XRPUSDT", "long", "moved")]
    assert held(book).size == 3
    assert len(book.positions) == 1


def test_unknown_fields_are_kept(book: Book) -> None:
    """M-08: what nobody has a name for stays in `raw`."""
    book.hear(part(position(symbol="XRPUSDT", raw={"assetMode": "union"}, updated_at=20)), STREAM, at(20))
    book.hear(part(position(symbol="XRPUSDT", raw={"autoMargin": "off"}, updated_at=21)), STREAM, at(21))
    assert held(book).raw == {"assetMode": "union", "autoMargin": "off"}


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"size": "4"}, "increased"),
        ({"size": "1", "entry_price": "2"}, "reduced"),
        ({"leverage": "20"}, "changed"),
        ({"stop_loss": "2.1"}, "changed"),
        ({"unrealized_pnl": "-0.1", "margin_ratio": "0.2"}, "moved"),
        ({"frozen": "3"}, "moved"),
    ],
)
def test_changes_have_a_kind(book: Book, said: dict[str, Any], kind: str) -> None:
    """B-08: an order that is only accepted pushes the position as well, which is no change that people should see."""
    assert told(book, part(position(symbol="XRPUSDT", updated_at=20, **said))) == [("XRPUSDT", "long", kind)]


def test_repeat_is_no_change(book: Book) -> None:
    """B9: the same said twice tells nothing the second time."""
    assert told(book, whole(held(book))) == []


def test_late_word_changes_nothing(book: Book) -> None:
    """B9: what is older than what is known, of an open position and of a closed one, and of all of them."""
    assert told(book, part(position("9", "XRPUSDT", updated_at=9))) == []
    assert told(book, whole(told_at=9)) == []
    told(book, part(position("0", "XRPUSDT", updated_at=20)))
    assert told(book, part(position("3", "XRPUSDT", updated_at=20))) == []
    assert told(book, part(position("3", "XRPUSDT", updated_at=20.1))) == [("XRPUSDT", "long", "opened")]


def test_snapshot_is_too_old_to_miss_what_opened_after_it(book: Book) -> None:
    """B9: a REST read that was on its way when something opened does not close it."""
    told(book, part(position("1", updated_at=30)))
    assert told(book, whole(position("3", "XRPUSDT"), told_at=29.9), REST) == []


def test_push_from_before_a_read_is_heard_after_it(book: Book) -> None:
    """B9: the close was pushed 10 ms before the read's time, and came after it; the read had not seen it."""
    told(book, whole(held(book), told_at=20.01), REST)
    assert told(book, whole(told_at=20)) == [("XRPUSDT", "long", "closed")]


def test_time_of_the_last_push_never_goes_back(book: Book) -> None:
    """B9: a push that comes late, and a read, move it not at all."""
    told(book, whole(told_at=20))
    told(book, whole(told_at=19))
    told(book, whole(told_at=30), REST)
    assert book.pushed_at == at(20)


def test_snapshot_opens_what_was_closed_a_moment_before_it_was_told(book: Book) -> None:
    """B9: the row's own time is that of its last fill, a little before the push that tells it."""
    assert told(book, whole(told_at=30)) == [("XRPUSDT", "long", "closed")]
    assert told(book, whole(position("3", "XRPUSDT", updated_at=29.9), told_at=30.1)) == [("XRPUSDT", "long", "opened")]


def test_position_that_turns_is_closed_and_opened(book: Book) -> None:
    """B9: in one-way mode, told by a snapshot or by an update, with or without the end of the other side."""
    turned = position("2", "XRPUSDT", SHORT, position_mode=PositionMode.ONE_WAY, updated_at=20)
    expected = [("XRPUSDT", "long", "closed"), ("XRPUSDT", "short", "opened")]
    assert told(book, whole(turned)) == expected
    back = position("1", "XRPUSDT", LONG, position_mode=PositionMode.ONE_WAY, updated_at=61)
    ended = position("0", "XRPUSDT", SHORT, updated_at=61)
    assert told(book, part(back, ended)) == [("XRPUSDT", "short", "closed"), ("XRPUSDT", "long", "opened")]
    assert set(book.positions) == {Key("XRPUSDT", LONG)}


def test_hedged_sides_stand_beside_each_other(book: Book) -> None:
    """B9: in hedge mode long and short are two positions."""
    told(book, part(position("2", "XRPUSDT", SHORT, position_mode=PositionMode.HEDGE, updated_at=20)))
    assert set(book.positions) == {Key("XRPUSDT", LONG), Key("XRPUSDT", SHORT)}


def test_nothing_is_flat_because_the_line_is_down(book: Book) -> None:
    """B3, M-07: what was held stays, and the book says that it may be old."""
    book.hear(Orders((order(OrderStatus.LIVE),), is_whole=True), REST, at(11))
    book.hear(Balances((balance(equity="12"),)), REST, at(11))
    book.interrupted()
    assert len(book.positions) == len(book.orders) == len(book.balances) == 1
    assert not any((book.knows_positions, book.knows_orders, book.knows_balances))
    assert told(book, whole(told_at=90)) == [("XRPUSDT", "long", "closed")]
    assert book.knows_positions


def test_read_that_no_stream_follows_is_believed_and_not_known(book: Book) -> None:
    """B3, M-07: what changes after it nobody tells, so that the line that comes up begins with nothing known."""
    book.interrupted()
    for event in (whole(), Orders((), is_whole=True), Balances((balance(equity="12"),))):
        book.hear(event, REST, at(90), is_followed=False)
    assert (book.positions, len(book.balances)) == ({}, 1)
    assert not any((book.knows_positions, book.knows_orders, book.knows_balances))


def test_what_the_database_remembers_is_no_change() -> None:
    """M-07: after a restart it is there at once, and the venue's first word changes only what differs."""
    book = Book()
    book.recall([position("3", "XRPUSDT", updated_at=10)], [order(OrderStatus.LIVE)], [balance(equity="12")])
    assert not book.knows_positions
    assert told(book, whole(position("2", "XRPUSDT", updated_at=20))) == [("XRPUSDT", "long", "reduced")]
    assert set(book.orders) == {"1"}


def test_what_is_no_news_of_the_account_changes_nothing(book: Book) -> None:
    """B-22: a pong, a ticker and the like are for others."""
    assert book.hear(Pong(), STREAM, at(20)) == []
