"""The book against a model of a few lines, over random sequences of messages in any order.

Quick by default; over 10^5 sequences, some minutes: `pytest tests/positions/book/test_book_model.py
--hypothesis-profile=thorough --timeout=0`.
"""

from itertools import product
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from positions.book.book import Book, OrderChanged, PositionChanged, key_of
from positions.book.reconcile import Reconciler
from positions.types import Order, Orders, Position, Positions
from positions.words import MarginMode, OrderStatus, PositionMode, PositionSide
from tests.positions.holding import LONG, REST, SHORT, STREAM, at, order, position

Row = dict[str, Any]

# Every row that a message may hold: one symbol in one-way mode, one hedged; a size that is told, empty, or missing.
_MODES: Final = {"XRPUSDT": PositionMode.ONE_WAY, "BTCUSDT": PositionMode.HEDGE}
HELD: Final = [
    position(size, symbol, side, leverage=leverage, raw=raw, updated_at=time, position_mode=mode, margin_mode=margin)
    for (symbol, mode), side, size, leverage, raw, time, margin in product(
        _MODES.items(),
        (LONG, SHORT),
        (UNSET, None, "0", "1", "2"),
        (UNSET, None, "10"),
        ({}, {"new": 1}),
        (UNSET, *range(6)),
        (UNSET, *MarginMode),
    )
]
ORDERED: Final = [
    order(status, order_id, filled=filled, price=price, updated_at=time)
    for order_id, status, filled, price, time in product(
        "12",
        (UNSET, *(each for each in OrderStatus if each is not OrderStatus.GONE)),
        (UNSET, None, "0", "1", "2"),
        (UNSET, "7"),
        (UNSET, *range(4)),
    )
]
_HOW: Final = st.sampled_from(["update", "snapshot", "read", "line down"])


def messages(rows: list[Any]) -> Any:
    """How it came, when it was told, what it holds."""
    return st.lists(st.tuples(_HOW, st.integers(0, 6), st.lists(st.sampled_from(rows), max_size=3)), max_size=8)


class Model:
    """What is open, as plain rows: the fields that were told. A time that is not told is before and after nothing."""

    def __init__(self) -> None:
        self.open: dict[Any, Row] = {}
        self.ended: dict[Any, Row] = {}
        self.whole_at: Any = None

    def merge(self, known: Row, said: Row) -> Row:
        return {**known, **said, "raw": {**known.get("raw", {}), **said.get("raw", {})}}

    def close(self, key: Any, last: Row) -> None:
        del self.open[key]
        self.end(key, last)

    def end(self, key: Any, last: Row) -> None:
        if "updated_at" in last:
            self.ended[key] = last


def row_of(said: Position | Order) -> Row:
    return {name: value for name in said.__struct_fields__ if (value := getattr(said, name)) is not UNSET}


class Holdings(Model):
    def hear(self, said: list[Position], how: str, told_at: Any) -> None:
        is_whole = how != "update"
        if is_whole:
            if self.whole_at is not None and told_at < self.whole_at:
                return
            self.whole_at = told_at if how == "snapshot" else self.whole_at
            listed = {self.key(row_of(each)) for each in said}
            for key, row in list(self.open.items()):
                if key not in listed and told_at >= row.get("updated_at", told_at):
                    self.close(key, row)
        for each in said:
            self.hear_one(row_of(each), told_at if is_whole else None)

    def key(self, said: Row) -> tuple[str, str, str]:
        symbol, side, margin = said["symbol"], said["side"], said.get("margin_mode", "")
        held = [key for key in self.open if key[:2] == (symbol, side)]
        return (*held[0],) if margin == "" and len(held) == 1 else (symbol, side, margin)

    def hear_one(self, said: Row, whole_at: Any) -> None:
        key = self.key(said)
        known = self.open.get(key)
        if said.get("size", 0) is None:
            del said["size"]
        if known is not None and "updated_at" in said and said["updated_at"] < known.get("updated_at", at(0)):
            return
        told_at = whole_at or said.get("updated_at")
        if known is None and key in self.ended and told_at and told_at <= self.ended[key]["updated_at"]:
            return
        row = self.merge(known or {}, said)
        if row.get("size", None) == 0:
            self.open.pop(key, None)
            self.end(key, row)
        elif "size" in row:
            for other in [each for each in self.open if each[0] == key[0] and each != key]:
                is_one_way = row["position_mode"] is PositionMode.ONE_WAY
                if is_one_way if other[1] != key[1] else other[2] == "":
                    self.close(other, self.open[other])
            self.open[key] = row


@given(messages(HELD))
def test_book_and_model_hold_the_same_positions(messages: list[tuple[str, int, list[Position]]]) -> None:
    """B9: partial pushes, unknown fields, empty data, snapshot and update, REST reads: nothing is zero by accident."""
    book, model, replayed = Book(), Holdings(), dict[Any, Position]()
    for how, time, said in messages:
        if how == "line down":
            book.interrupted()
            model.whole_at = None
            continue
        event = Positions(tuple(said), how != "update", at(time))
        for change in book.hear(event, REST if how == "read" else STREAM, at(9)):
            assert isinstance(change, PositionChanged)
            key = key_of(change.position)
            assert replayed.pop(key, None) == change.before
            replayed |= {key: change.after} if change.after else {}
        model.hear(said, how, at(time))
        assert {key: row_of(held) for key, held in book.positions.items()} == model.open
        assert replayed == book.positions


_CHANGES: Final = st.tuples(st.sampled_from((LONG, SHORT)), st.sampled_from("0123"), st.booleans(), st.booleans())


@given(st.lists(_CHANGES, max_size=8))
def test_reads_mend_whatever_pushes_were_lost(changes: list[tuple[PositionSide, str, bool, bool]]) -> None:
    """B9 B7: of what is pushed as a whole or in parts, or not at all, two equal reads settle everything."""
    book, reconciler, held = Book(), Reconciler(), dict[Any, Position]()
    book.hear(Positions((), True, at(0)), STREAM, at(0))
    for second, (side, size, is_whole, is_lost) in enumerate(changes, 1):
        changed = position(size, side=side, position_mode=PositionMode.HEDGE, updated_at=second)
        held[side] = changed
        if not changed.size:
            del held[side]
        if not is_lost:
            said = tuple(held.values()) if is_whole else (changed,)
            book.hear(Positions(said, is_whole, at(second)), STREAM, at(second))
    for now in (20, 22, 24):
        read = Positions(tuple(held.values()), True, at(now))
        judgement = reconciler.judge(read, book, at(now))
        if judgement.adopt is not None:
            book.hear(judgement.adopt, REST, at(now))
    assert judgement.is_equal
    assert reconciler.drifts(Positions) == ()
    assert {known.side: known.size for known in book.positions.values()} == {
        side: known.size for side, known in held.items()
    }


# How far an order is; from the fifth state on it is at an end for good. That it is gone is no word of the venue.
_STEPS: Final = ("gone", "live", "executing", "partially_filled", "filled", "cancelled", "executed", "failed")
_FIRST_END: Final = 4


class OpenOrders(Model):
    def hear(self, said: list[Order], is_whole: bool, told_at: Any) -> None:
        listed = {each.order_id for each in said}
        for key, row in list(self.open.items()):
            if is_whole and key not in listed and told_at >= row.get("updated_at", told_at):
                self.ended[key] = {**self.open.pop(key), "status": OrderStatus.GONE}
        for each in said:
            self.hear_one(each.order_id, row_of(each))

    def hear_one(self, key: str, said: Row) -> None:
        known = self.open.get(key) or self.ended.get(key) or {}
        known_step = _STEPS.index(known.get("status", "live"))
        step = _STEPS.index(said.get("status", _STEPS[known_step]))
        if known and (step < known_step or (known_step >= _FIRST_END and step != known_step)):
            return
        if "updated_at" in known and said.get("updated_at", at(9)) < known["updated_at"]:
            return
        if known.get("filled") and said.get("filled") is not None and said["filled"] < known["filled"]:
            return
        row = self.merge(known, said)
        if "status" in row:
            self.open.pop(key, None)
            (self.ended if row["status"].is_end else self.open)[key] = row


@given(messages(ORDERED))
def test_book_and_model_hold_the_same_orders(messages: list[tuple[str, int, list[Order]]]) -> None:
    """B9: an order never goes backwards, and only a read of all of them loses one."""
    book, model, replayed = Book(), OpenOrders(), dict[str, Order]()
    for how, time, said in messages:
        if how == "line down":
            book.interrupted()
            continue
        for change in book.hear(Orders(tuple(said), how == "read", at(time)), STREAM, at(9)):
            assert isinstance(change, OrderChanged)
            replayed[change.order.order_id] = change.order
        model.hear(said, how == "read", at(time))
        assert {key: row_of(held) for key, held in book.orders.items()} == model.open
        is_open = {key: held for key, held in replayed.items() if not OrderStatus(str(held.status)).is_end}
        assert is_open == book.orders
