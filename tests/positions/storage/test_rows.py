"""An account's rows, in a real database: one for what stands, one for what happened, and nothing goes backwards."""

import asyncio
from decimal import Decimal

import pytest

from feeds.storage.database import DatabaseThread
from positions.book.book import Filled, OrderChanged
from positions.models import Account, BalanceSnapshot, Fill, Order, Position, PositionChange
from positions.storage.journal import BALANCES_EVERY_S, MOVED_EVERY_S, AccountJournal
from positions.types import Balances, Fills
from positions.words import MarginMode, OrderStatus
from tests.clock import ManualClock
from tests.positions.holding import STREAM, at, balance, fill, order, position
from tests.positions.telling import Teller, whole, written
from tests.waiting import wait_for, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

CROSSED, ISOLATED = MarginMode.CROSSED, MarginMode.ISOLATED
LIVE, PARTIAL, FILLED = OrderStatus.LIVE, OrderStatus.PARTIALLY_FILLED, OrderStatus.FILLED


@pytest.fixture
def journal(account: Account, database: DatabaseThread, clock: ManualClock) -> AccountJournal:
    return AccountJournal(account.pk, database, clock)


@pytest.fixture
def teller(journal: AccountJournal) -> Teller:
    return Teller(journal)


async def test_position_is_one_row_from_opening_to_opening(teller: Teller, database: DatabaseThread) -> None:
    """B-09: it stays when it is closed, and the next holding begins with nothing of the last one."""
    await teller.hear(whole(position("3", entry_price="2.2366", funding_fee="-1", updated_at=10)))
    await teller.hear(whole(told_at=70))
    row = await database.run(Position.objects.get)
    assert (row.size, row.opened_at, row.closed_at) == (0, at(10), at(70))
    await teller.hear(whole(position("1", entry_price="2.3", updated_at=80), told_at=80))
    row = await database.run(Position.objects.get)
    assert (row.size, row.entry_price, row.funding_fee) == (1, Decimal("2.3"), None)
    assert (row.opened_at, row.closed_at, row.updated_at) == (at(80), None, at(80))


async def test_history_has_what_people_should_see(teller: Teller, database: DatabaseThread) -> None:
    """B-11: opened, grown, changed, closed, with sizes; numbers that follow the price are no history."""
    await teller.hear(whole(position("3", leverage="10")))
    await teller.hear(whole(position("4", leverage="10", mark_price="2.5")))
    await teller.hear(whole(position("4", leverage="20", mark_price="2.5")))
    await teller.hear(whole(position("4", leverage="20", mark_price="2.6")))
    await teller.hear(whole())
    rows = await database.run(lambda: list(PositionChange.objects.order_by("id")))
    assert [(row.kind, row.size_before, row.size_after) for row in rows] == [
        ("opened", None, 3),
        ("increased", 3, 4),
        ("changed", 4, 4),
        ("closed", 4, None),
    ]
    assert rows[2].detail == {"leverage": ["10", "20"]}
    assert {row.source for row in rows} == {"stream"}


async def test_numbers_that_follow_the_price_are_written_every_few_seconds(
    teller: Teller, database: DatabaseThread, clock: ManualClock
) -> None:
    """M-04: the newest are in Redis; the last ones are never lost, and a change of size is written at once."""
    await teller.hear(whole(position("3", mark_price="1")))
    running = asyncio.create_task(teller.journal.run())
    await wait_until(lambda: clock.sleepers == 2)
    teller.tell(whole(position("3", mark_price="2")))
    teller.tell(whole(position("3", mark_price="3")))
    assert (await database.run(Position.objects.get)).mark_price == 1
    await clock.advance(MOVED_EVERY_S)

    async def is_written() -> bool | None:
        return await database.run(Position.objects.filter(mark_price=3).exists) or None

    assert await wait_for(is_written)
    teller.tell(whole(position("3", mark_price="4")))
    teller.tell(whole(position("2", mark_price="5")))
    running.cancel()
    await teller.hear(whole(position("2", mark_price="6")))
    row = await database.run(Position.objects.get)
    assert (row.size, row.mark_price) == (2, 6)


async def test_margin_mode_changes_the_row(teller: Teller, database: DatabaseThread) -> None:
    """B-09: and back again, though the row of the first mode was closed before."""

    def rows() -> list[tuple[str, str, bool]]:
        held = Position.objects.order_by("margin_mode")
        return [(row.margin_mode, f"{row.size:f}", row.closed_at is None) for row in held]

    for mode in (CROSSED, ISOLATED):
        await teller.hear(whole(position("3", margin_mode=mode, updated_at=10)))
    assert await database.run(rows) == [("crossed", "0", False), ("isolated", "3", True)]
    await teller.hear(whole(position("2", margin_mode=CROSSED, updated_at=11)))
    assert await database.run(rows) == [("crossed", "2", True), ("isolated", "0", False)]


async def test_margin_modes_have_a_row_each(teller: Teller, database: DatabaseThread) -> None:
    """B-09: both are open, and the end of one is not the other's."""
    isolated = position("5", margin_mode=ISOLATED, updated_at=10)
    await teller.hear(whole(position("3", margin_mode=CROSSED, updated_at=10), isolated))
    assert await database.run(Position.objects.filter(closed_at=None).count) == 2
    await teller.hear(whole(isolated))
    assert (await database.run(Position.objects.filter(closed_at=None).get)).size == 5


async def test_late_writer_opens_nothing(
    teller: Teller, account: Account, database: DatabaseThread, clock: ManualClock
) -> None:
    """Two workers: one that was replaced writes what still waits in it."""
    replaced = Teller(AccountJournal(account.pk, database, clock))
    await teller.hear(whole(position("3", updated_at=10)))
    await replaced.hear(whole(position("3", updated_at=10)))
    await teller.hear(whole(position("5", updated_at=20)))
    await replaced.hear(whole(position("4", updated_at=15)))
    assert (await database.run(Position.objects.get)).size == 5
    await teller.hear(whole(told_at=70))
    await replaced.hear(whole(position("2", updated_at=16)))
    assert (await database.run(Position.objects.get)).size == 0


async def test_late_writer_closes_nothing(
    teller: Teller, account: Account, database: DatabaseThread, clock: ManualClock
) -> None:
    """B-09: what opened after the replaced worker heard of an end stays open."""
    replaced = Teller(AccountJournal(account.pk, database, clock))
    await teller.hear(whole(position("3", updated_at=10)))
    replaced.book.hear(whole(position("3", updated_at=10)), STREAM, at(60))
    await teller.hear(whole(told_at=70))
    await teller.hear(whole(position("1", updated_at=100), told_at=100))
    await replaced.hear(whole(told_at=70))
    row = await database.run(Position.objects.get)
    assert (row.size, row.closed_at) == (1, None)


@pytest.mark.parametrize(
    "late", [{"status": LIVE, "updated_at": 20}, {"status": PARTIAL, "filled": "1", "updated_at": 9}]
)
async def test_order_goes_backwards_for_no_writer(
    journal: AccountJournal, database: DatabaseThread, late: dict[str, object]
) -> None:
    """B-08: the database itself holds an order's state, whichever worker writes."""
    first = order(PARTIAL, symbol="BTCUSDT", filled="2", price="5", updated_at=10)
    await written(journal, OrderChanged(first), OrderChanged(order(symbol="BTCUSDT", **late)))  # type: ignore[arg-type]
    row = await database.run(Order.objects.get)
    assert (row.status, row.filled, row.updated_at) == ("partially_filled", 2, at(10))


async def test_order_ends_once(journal: AccountJournal, database: DatabaseThread) -> None:
    """B-08: one that is gone may still be told how it ended; what was not told again stays."""
    states = (LIVE, OrderStatus.GONE, FILLED, OrderStatus.CANCELLED, LIVE)
    await written(journal, OrderChanged(order(LIVE, symbol="BTCUSDT", price="5", updated_at=10)))
    await written(journal, *(OrderChanged(order(each, symbol="BTCUSDT", updated_at=10)) for each in states))
    row = await database.run(Order.objects.get)
    assert (row.status, row.price, row.kind) == ("filled", 5, "other")


async def test_fill_is_stored_once(journal: AccountJournal, database: DatabaseThread) -> None:
    """B-08: by its id, whoever tells it."""
    await written(journal, Filled(fill("1")), Filled(fill("1", fee=Decimal("-0.1"))), Filled(fill("2")))
    assert await database.run(lambda: list(Fill.objects.order_by("fill_id").values_list("fill_id", flat=True))) == [
        "1",
        "2",
    ]


async def test_trade_with_oneself_is_two_fills(teller: Teller, database: DatabaseThread) -> None:
    """B-08: BitGet gives both of them one tradeId."""
    for _ in range(2):
        await teller.hear(Fills((fill("1"), fill("1", order_id="2"))))
    assert await database.run(Fill.objects.count) == 2


async def test_balance_is_sampled_once_a_minute(teller: Teller, database: DatabaseThread, clock: ManualClock) -> None:
    """B-09: of each coin that changed, the newest; the last ones when the worker stops."""
    running = asyncio.create_task(teller.journal.run())
    for equity in ("12", "13"):
        teller.tell(Balances((balance(equity=equity),)))
    await wait_until(lambda: clock.sleepers == 2)
    await clock.advance(2 * BALANCES_EVERY_S)

    async def sampled() -> list[Decimal | None] | None:
        return await database.run(lambda: list(BalanceSnapshot.objects.values_list("equity", flat=True))) or None

    assert await wait_for(sampled) == [13]
    running.cancel()
    await teller.hear(Balances((balance(equity="14"), balance("BTC", equity="1"))))
    assert await database.run(BalanceSnapshot.objects.count) == 3
