"""The rows against the model of the book, over random sequences of messages in any order, with restarts in between,
and against what a venue says, while a worker that was replaced writes late.

Quick by default; `--hypothesis-profile=thorough --timeout=0` takes some minutes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from feeds.storage.database import DatabaseThread
from positions import models
from positions.book.book import Book, Change, PositionChanged
from positions.models import Account
from positions.queries.columns import ORDER_NUMBERS, POSITION_NUMBERS
from positions.queries.recall import Known, known_of
from positions.storage.journal import AccountJournal
from positions.types import AccountEvent, Order, Orders, Position, Positions
from positions.words import OrderStatus
from tests.clock import ManualClock
from tests.positions.book.test_book_model import HELD, ORDERED, Holdings, OpenOrders, Row, messages, row_of
from tests.positions.holding import STREAM, at, order, position

pytestmark = pytest.mark.django_db(transaction=True)

# Of all that the messages tell, what has a column.
_COLUMNS: Final = (
    *("symbol", "side", "margin_mode", "position_mode", "order_id", "status", "updated_at"),
    *POSITION_NUMBERS,
    *ORDER_NUMBERS,
)
# BitGet always tells the time; where it did not, a row would have ours, and no earlier one is written over it.
_TIMED_POSITIONS: Final = [each for each in HELD if each.updated_at is not UNSET]
_TIMED_ORDERS: Final = [each for each in ORDERED if each.updated_at is not UNSET]
_RESTARTS: Final = st.sets(st.integers(0, 7))

# Each sequence takes some 40 ms.
on_one_database = settings(
    max_examples=min(settings().max_examples // 4, 2500),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def stored(rows: Iterable[Row]) -> list[Row]:
    """An empty column does not say whether nothing was told, or that there is nothing."""
    found = ({name: row[name] for name in _COLUMNS if row.get(name) not in (None, "")} for row in rows)
    return sorted(found, key=str)


@dataclass
class Worker:
    """A book and a journal, from one start to the next; `changes` are all that the books told."""

    account: Account
    database: DatabaseThread
    changes: list[Change] = field(default_factory=list)

    async def begin(self) -> None:
        """Anew, with what the rows tell."""
        self.book, self.journal = Book(), AccountJournal(self.account.pk, self.database, ManualClock())
        positions, orders, balances, _ = await self.journal.begin()
        self.book.recall(positions, orders, balances)

    async def begin_with_nothing(self) -> None:
        await self.database.run(_delete, self.account.pk)
        self.changes.clear()
        await self.begin()

    def hear(self, event: AccountEvent) -> None:
        for change in self.book.hear(event, STREAM, at(9)):
            self.journal.changed(change)
            self.changes.append(change)

    async def write_late(self, changes: Iterable[Change]) -> None:
        """As another worker."""
        replaced = AccountJournal(self.account.pk, self.database, ManualClock())
        for change in changes:
            replaced.changed(change)
        assert await replaced.finish()

    async def rows(self) -> Known:
        """Those that are open."""
        assert await self.journal.finish()
        return await self.database.run(known_of, self.account.pk)


@pytest.fixture
def worker(account: Account, database: DatabaseThread) -> Worker:
    return Worker(account, database)


def _delete(account_id: int) -> None:
    for table in (models.Position, models.PositionChange, models.Order):
        table.objects.filter(account=account_id).delete()


@on_one_database
@given(messages(_TIMED_POSITIONS), _RESTARTS)
async def test_rows_and_model_hold_the_same_positions(
    worker: Worker, told: list[tuple[str, int, list[Position]]], restarts: set[int]
) -> None:
    """B9: whatever is left out, repeated or late, and wherever a worker ends."""
    await worker.begin_with_nothing()
    model = Holdings()
    for number, (how, time, said) in enumerate(told):
        if number in restarts:
            await worker.rows()
            await worker.begin()
            model.ended.clear()
        if how == "line down" or number in restarts:
            worker.book.interrupted()
            model.whole_at = None
        if how != "line down":
            worker.hear(Positions(tuple(said), how != "update", at(time)))
            model.hear(said, "update" if how == "update" else "snapshot", at(time))
    rows = await worker.rows()
    assert stored(map(row_of, rows.positions)) == stored(model.open.values())


@on_one_database
@given(messages(_TIMED_ORDERS), _RESTARTS)
async def test_rows_and_model_hold_the_same_orders(
    worker: Worker, told: list[tuple[str, int, list[Order]]], restarts: set[int]
) -> None:
    """B9: likewise. Of an order that ended before a worker started it hears nothing any more."""
    await worker.begin_with_nothing()
    model, over = OpenOrders(), set[str]()
    for number, (how, time, said) in enumerate(told):
        if number in restarts:
            await worker.rows()
            await worker.begin()
            over = set(model.ended) - set(model.open)
        if how != "line down":
            said = [each for each in said if each.order_id not in over]
            worker.hear(Orders(tuple(said), how == "read", at(time)))
            model.hear(said, how == "read", at(time))
    rows = await worker.rows()
    assert stored(map(row_of, rows.orders)) == stored(model.open.values())


# How large a position is in each second, and how the messages tell it.
_SIZES: Final = st.lists(st.tuples(st.sampled_from("0123"), st.booleans()), max_size=8)
_STATES: Final = st.lists(st.sampled_from((OrderStatus.LIVE, OrderStatus.PARTIALLY_FILLED, OrderStatus.FILLED)))
_LATE: Final = st.lists(st.integers(0, 7), max_size=4)


@on_one_database
@given(_SIZES, _LATE)
async def test_late_writer_changes_no_position(worker: Worker, sizes: list[tuple[str, bool]], late: list[int]) -> None:
    """B9: a replaced worker that writes what still waits in it leaves the rows as they are; openings apart."""
    await worker.begin_with_nothing()
    for second, (size, is_whole) in enumerate(sizes):
        said = () if size == "0" and is_whole else (position(size, updated_at=second),)
        worker.hear(Positions(said, is_whole, at(second)))
        rows = await worker.rows()
        moved = [each for each in worker.changes if isinstance(each, PositionChanged) and each.before is not None]
        await worker.write_late(moved[number] for number in late if number < len(moved))
        assert await worker.rows() == rows
        assert [row.size for row in rows.positions] == [Decimal(size)] * (size != "0")


@on_one_database
@given(_STATES, _LATE)
async def test_late_writer_changes_no_order(worker: Worker, states: list[OrderStatus], late: list[int]) -> None:
    """B9: likewise; an order only goes on."""
    await worker.begin_with_nothing()
    for second, state in enumerate(states):
        worker.hear(Orders((order(state, updated_at=second),)))
        rows = await worker.rows()
        await worker.write_late(worker.changes[number] for number in late if number < len(worker.changes))
        assert await worker.rows() == rows
        assert bool(rows.orders) is (OrderStatus.FILLED not in states[: second + 1])
