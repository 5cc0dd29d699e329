"""Positions of one symbol and side in two margin modes, and messages that leave the mode out."""

from positions.book.book import Book, Key
from positions.types import Position, Positions
from positions.words import MarginMode
from tests.positions.holding import LONG, position, told
from tests.positions.telling import whole

CROSSED, ISOLATED = MarginMode.CROSSED, MarginMode.ISOLATED


def part(*positions: Position) -> Positions:
    return Positions(positions, is_whole=False)


def test_margin_modes_stand_beside_each_other() -> None:
    """B-08: of one symbol and side, 3 crossed and 5 isolated are two positions, and each ends by itself."""
    book = Book()
    crossed, isolated = position("3", margin_mode=CROSSED, updated_at=1), position("5", margin_mode=ISOLATED)
    assert told(book, whole(crossed, isolated)) == [("BTCUSDT", "long", "opened")] * 2
    assert {key.margin_mode: held.size for key, held in book.positions.items()} == {"crossed": 3, "isolated": 5}
    told(book, part(position("0", margin_mode=CROSSED, updated_at=61)))
    assert set(book.positions) == {Key("BTCUSDT", LONG, ISOLATED)}


def test_other_margin_mode_is_another_position() -> None:
    """B-08: it cannot be changed while anything is held, so the first one was closed."""
    book = Book()
    told(book, whole(position("3", margin_mode=CROSSED, updated_at=1)))
    other = whole(position("3", margin_mode=ISOLATED, updated_at=2), told_at=61)
    assert told(book, other) == [("BTCUSDT", "long", "closed"), ("BTCUSDT", "long", "opened")]


def test_message_without_a_margin_mode_is_about_the_one_that_is_held() -> None:
    """B9: where there is just one of its symbol and side; in a whole message too."""
    book = Book()
    told(book, whole(position("3", margin_mode=CROSSED, updated_at=1)))
    assert told(book, part(position("4", updated_at=2))) == [("BTCUSDT", "long", "increased")]
    assert told(book, whole(position("2", updated_at=3))) == [("BTCUSDT", "long", "reduced")]
    assert set(book.positions) == {Key("BTCUSDT", LONG, CROSSED)}


def test_margin_mode_that_is_told_later_makes_no_second_position() -> None:
    """B9: what was held without one is the same holding."""
    book = Book()
    told(book, whole(position("3", updated_at=1)))
    told(book, part(position("3", margin_mode=CROSSED, updated_at=2)))
    assert set(book.positions) == {Key("BTCUSDT", LONG, CROSSED)}
