"""Orders, fills and balances in the book."""

from decimal import Decimal
from typing import Any

import pytest

from positions.book.book import BalanceChanged, Book, Filled, OrderChanged
from positions.book.open_orders import MAX_ENDED
from positions.types import Balances, Fills, Orders
from positions.words import OrderStatus
from tests.positions.holding import REST, STREAM, at, balance, fill, order

LIVE, PARTIAL, FILLED = OrderStatus.LIVE, OrderStatus.PARTIALLY_FILLED, OrderStatus.FILLED
CANCELLED, EXECUTED = OrderStatus.CANCELLED, OrderStatus.EXECUTED


def states(book: Book, *said: OrderStatus, **more: Any) -> list[str]:
    """The states that the book tells while it hears these."""
    changes = [change for each in said for change in book.hear(Orders((order(each, **more),)), STREAM, at(20))]
    return [str(change.order.status) for change in changes if isinstance(change, OrderChanged)]


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ((LIVE, PARTIAL, FILLED), (LIVE, PARTIAL, FILLED)),
        ((PARTIAL, LIVE), (PARTIAL,)),
        ((FILLED, LIVE, PARTIAL), (FILLED,)),
        ((LIVE, CANCELLED, FILLED), (LIVE, CANCELLED)),
        ((LIVE, OrderStatus.EXECUTING, LIVE, EXECUTED), (LIVE, OrderStatus.EXECUTING, EXECUTED)),
    ],
)
def test_order_never_goes_backwards(said: tuple[OrderStatus, ...], heard: tuple[OrderStatus, ...]) -> None:
    """B9: whatever comes late, an order does not open again, nor end twice in different ways."""
    assert states(Book(), *said) == [each.value for each in heard]


def test_what_was_filled_stays_filled() -> None:
    """B9: of two messages of the same millisecond the one with less filled is the late one."""
    book = Book()
    for filled in ("3", "2"):
        book.hear(Orders((order(PARTIAL, filled=filled, price="5", updated_at=10),)), STREAM, at(20))
    assert book.orders["1"].filled == 3
    book.hear(Orders((order(filled="4", updated_at=9),)), STREAM, at(20))
    assert (book.orders["1"].filled, book.orders["1"].price) == (Decimal(3), Decimal(5))


def test_order_without_a_state_is_told_of_an_order_that_is_known_only() -> None:
    """B9: a partial message completes what is known, and makes no order out of nothing."""
    book = Book()
    assert book.hear(Orders((order(price="5"),)), STREAM, at(20)) == []
    book.hear(Orders((order(LIVE, size="1"),)), STREAM, at(20))
    book.hear(Orders((order(price="5"),)), STREAM, at(20))
    assert book.orders["1"] == order(LIVE, size="1", price="5")


def test_order_that_is_not_open_any_more_is_gone() -> None:
    """B-08: nobody told how it ended, so the venue's word on that is heard when it comes."""
    book = Book()
    book.hear(Orders((order(LIVE, "1", updated_at=10), order(LIVE, "2", updated_at=10))), STREAM, at(20))
    assert not book.knows_orders
    (gone,) = book.hear(Orders((order(LIVE, "2"),), is_whole=True, told_at=at(30)), REST, at(30))
    assert isinstance(gone, OrderChanged)
    assert (gone.order.order_id, gone.order.status) == ("1", OrderStatus.GONE)
    assert set(book.orders) == {"2"}
    assert book.knows_orders
    assert states(book, FILLED) == ["filled"]


def test_ended_orders_are_not_remembered_for_ever() -> None:
    """M-11: a bounded memory holds the last ones."""
    book = Book()
    for number in range(MAX_ENDED + 1):
        book.hear(Orders((order(FILLED, str(number)),)), STREAM, at(20))
    heard = [book.hear(Orders((order(LIVE, each),)), STREAM, at(20)) for each in ("0", "1")]
    assert [len(changes) for changes in heard] == [1, 0]


def test_fill_is_told_once() -> None:
    """B-08: it comes with its order, on its own channel, and from REST."""
    book = Book()
    assert book.hear(Fills((fill("1"), fill("2"))), STREAM, at(20)) == [Filled(fill("1")), Filled(fill("2"))]
    assert book.hear(Fills((fill("2"), fill("3"))), REST, at(20)) == [Filled(fill("3"))]


def test_balances_change_by_coin() -> None:
    """B9: a coin that is not told of stays, and so does a field; an older message is late."""
    book = Book()
    book.hear(Balances((balance(equity="12", available="11"), balance("BTC", equity="1")), at(20)), STREAM, at(20))
    changes = book.hear(Balances((balance(equity="13"),), at(21)), STREAM, at(21))
    assert changes == [BalanceChanged(balance(equity="13", available="11"))]
    assert book.hear(Balances((balance(equity="9"),), at(20)), REST, at(22)) == []
    assert book.balances["BTC"].equity == 1
