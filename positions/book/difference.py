"""Where a REST read and the book say different things of the same position or order. Pure.

Only what is no matter of the moment is held against each other: sizes, sides, margin modes, what is there at all.
Whatever follows the price differs all the time; and so does all of a balance, of which nothing is compared.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal
from typing import Final, NamedTuple, TypeVar

from msgspec.structs import replace

from positions.book.book import Book
from positions.book.holdings import Key
from positions.book.merge import is_before
from positions.types import Balances, Order, Orders, Position, Positions

K = TypeVar("K", Key, str)
S = TypeVar("S", Position, Order)

Read = Positions | Orders | Balances

# What is said of what is not there.
NONE: Final = "none"


class Difference(NamedTuple):
    """`subject` is such as "position BTCUSDT long crossed" or "order 123"; the values are text."""

    subject: str
    field: str
    stream_value: str
    rest_value: str


class Finding(NamedTuple):
    """`said` is the read's word and `known` the book's, None where it is not there. `is_old`: the book's is newer."""

    difference: Difference
    said: Position | Order | None
    known: Position | Order | None
    is_old: bool


def findings(read: Read, book: Book) -> tuple[Finding, ...]:
    """What a read that is not whole leaves out is no difference."""
    match read:
        case Positions():
            listed = {book.key_for(said): said for said in read.positions}
            return tuple(_compare(read, listed, book.positions, position_subject, _position_fields))
        case Orders():
            named = {said.order_id: said for said in read.orders}
            return tuple(_compare(read, named, book.orders, "order {}".format, _order_fields))
    return ()


def _compare(
    read: Positions | Orders,
    listed: Mapping[K, S],
    held: Mapping[K, S],
    subject: Callable[[K], str],
    fields: Callable[[S | None, S | None], Iterator[tuple[str, str, str]]],
) -> Iterator[Finding]:
    for key in sorted(listed.keys() | (held.keys() if read.is_whole else set())):
        said, known = listed.get(key), held.get(key)
        told_at = said.updated_at if said is not None else read.told_at
        is_old = known is not None and is_before(told_at, known.updated_at)
        for field, known_text, said_text in fields(known, said):
            yield Finding(Difference(subject(key), field, known_text, said_text), said, known, is_old)


def without(doubted: Collection[Finding], read: Read) -> Read:
    """The read, with the book's word in the place of what is doubted. The book's come first, so that what is sure is
    heard on top of them.
    """
    said, known = [each.said for each in doubted], [each.known for each in doubted]
    match read:
        case Positions():
            held = [each for each in known if isinstance(each, Position)]
            return replace(read, positions=(*held, *(each for each in read.positions if each not in said)))
        case Orders():
            orders = [each for each in known if isinstance(each, Order)]
            return replace(read, orders=(*orders, *(each for each in read.orders if each not in said)))
    return read


def position_subject(key: Key) -> str:
    """What a difference about this position is about."""
    return " ".join(("position", *filter(None, key)))


def _position_fields(known: Position | None, said: Position | None) -> Iterator[tuple[str, str, str]]:
    """A size that is not told differs from nothing."""
    known_size, said_size = _size(known), _size(said)
    if known_size is not None and said_size is not None and known_size != said_size:
        yield "size", _text(known_size), _text(said_size)


def _size(position: Position | None) -> Decimal | None:
    """0 where there is no position; None where nobody tells how large it is."""
    if position is None:
        return Decimal(0)
    return position.size if isinstance(position.size, Decimal) else None


def _order_fields(known: Order | None, said: Order | None) -> Iterator[tuple[str, str, str]]:
    if known is None or said is None:
        yield "state", _state(known), _state(said)
    elif isinstance(known.filled, Decimal) and isinstance(said.filled, Decimal) and known.filled != said.filled:
        yield "filled", _text(known.filled), _text(said.filled)


def _state(order: Order | None) -> str:
    return NONE if order is None else str(order.status)


def _text(size: Decimal) -> str:
    return f"{size:f}" if size else NONE
