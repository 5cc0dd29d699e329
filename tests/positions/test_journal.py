"""An account's diary, in a real database: what is written, how often, and that nothing goes backwards or is lost."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import pytest_asyncio
from django.contrib.auth import get_user_model

from feeds.storage.database import DatabaseThread
from positions import types
from positions.book import Book, Change, Filled, OrderChanged
from positions.difference import Difference
from positions.journal import BALANCES_EVERY_S, MOVED_EVERY_S, RETRY_AFTER_S, AccountJournal
from positions.models import Account, BalanceSnapshot, Drift, Fill, Order, Position, PositionChange, StreamEvent
from positions.recall import Known
from positions.types import AccountEvent, AccountKind, Balances, MarginMode, Orders, OrderStatus, Positions
from tests.clock import ManualClock
from tests.feeds.sqlite_lock import be_impatient, locks_sqlite, write_lock
from tests.positions.holding import STREAM, at, balance, fill, order, position
from tests.waiting import wait_for, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

LIVE, PARTIAL, FILLED = OrderStatus.LIVE, OrderStatus.PARTIALLY_FILLED, OrderStatus.FILLED


@pytest_asyncio.fixture
async def database() -> AsyncIterator[DatabaseThread]:
    database = DatabaseThread("test")
    yield database
    await database.close()


@pytest_asyncio.fixture
async def account(database: DatabaseThread) -> Account:
    return await database.run(_make_account)


def _make_account() -> Account:
    owner = get_user_model().objects.create(username="ada")
    return Account.objects.create(label="main", owner=owner)


@pytest.fixture
def journal(account: Account, database: DatabaseThread, clock: ManualClock) -> AccountJournal:
    return AccountJournal(account.pk, database, clock)


class Teller:
    """A book whose changes go to a journal and are written."""

    def __init__(self, journal: AccountJournal) -> None:
        self.book = Book()
        self.journal = journal

    async def hear(self, event: AccountEvent) -> None:
        for change in self.book.hear(event, STREAM, at(60)):
            self.journal.changed(change)
        await self.journal.finish()


@pytest.fixture
def teller(journal: AccountJournal) -> Teller:
    return Teller(journal)


def whole(*held: types.Position, told_at: float = 60) -> Positions:
    return Positions(held, is_whole=True, told_at=at(told_at))


async def written(journal: AccountJournal, *changes: Change) -> None:
    for change in changes:
        journal.changed(change)
    await journal.finish()


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
    """M-04: the newest are in Redis; a change of size is written at once."""
    await teller.hear(whole(position("3", mark_price="1")))
    await teller.hear(whole(position("3", mark_price="2")))
    assert (await database.run(Position.objects.get)).mark_price == 1
    await clock.advance(MOVED_EVERY_S)
    await teller.hear(whole(position("3", mark_price="3")))
    assert (await database.run(Position.objects.get)).mark_price == 3
    await teller.hear(whole(position("2", mark_price="4")))
    assert (await database.run(Position.objects.get)).size == 2


async def test_margin_mode_changes_the_row(teller: Teller, database: DatabaseThread) -> None:
    """B-09: of a symbol and side one row is open."""
    for mode in (MarginMode.CROSSED, MarginMode.ISOLATED):
        await teller.hear(whole(position("3", margin_mode=mode, updated_at=10)))
    rows = await database.run(lambda: list(Position.objects.order_by("margin_mode")))
    assert [(row.margin_mode, row.size, row.closed_at is None) for row in rows] == [
        ("crossed", 0, False),
        ("isolated", 3, True),
    ]


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


async def test_balance_is_sampled_once_a_minute(
    teller: Teller, database: DatabaseThread, journal: AccountJournal, clock: ManualClock
) -> None:
    """B-09: of each coin that changed, the newest; the last ones when the worker stops."""
    running = asyncio.create_task(journal.run())
    for equity in ("12", "13"):
        for change in teller.book.hear(Balances((balance(equity=equity),)), STREAM, at(0)):
            journal.changed(change)
    await wait_until(lambda: clock.sleepers == 1)
    await clock.advance(2 * BALANCES_EVERY_S)

    async def sampled() -> list[Decimal | None] | None:
        return await database.run(lambda: list(BalanceSnapshot.objects.values_list("equity", flat=True))) or None

    assert await wait_for(sampled) == [13]
    running.cancel()
    await teller.hear(Balances((balance(equity="14"), balance("BTC", equity="1"))))
    assert await database.run(BalanceSnapshot.objects.count) == 3


async def test_drift_is_a_row_until_it_is_settled(
    journal: AccountJournal, database: DatabaseThread, clock: ManualClock
) -> None:
    """B7: one row for each subject and field, and another when it comes back."""
    gone = Difference("position XRPUSDT long", "size", "3", "none")
    for _ in range(2):
        journal.drifted(gone, "REST said so twice: taken over")
        journal.drifted(gone, "again")
        await clock.advance(5)
        journal.settled(gone)
    await journal.finish()
    rows = await database.run(lambda: list(Drift.objects.order_by("id")))
    assert [(row.noticed_at, row.settled_at) for row in rows] == [(at(0), at(5)), (at(5), at(10))]
    assert (rows[0].stream_value, rows[0].rest_value) == ("3", "none")
    assert rows[0].resolution == "REST said so twice: taken over"


async def test_states_and_alerts_are_rows(
    journal: AccountJournal, database: DatabaseThread, clock: ManualClock
) -> None:
    """F-06, B-16: with their level, cut to what the column holds; an alert until it is over."""
    journal.entered("error", "x" * 300, "error")
    journal.noted("refused", "signature refused", "warning")
    for kind in ("credentials", "credentials", "rest"):
        journal.raised(kind, f"about {kind}")
    await clock.advance(5)
    journal.cleared("credentials")
    await journal.finish()
    rows = await database.run(lambda: list(StreamEvent.objects.order_by("id")))
    assert [(row.kind, row.state, row.level, row.text[:20]) for row in rows] == [
        ("state", "error", "error", "x" * 20),
        ("refused", "", "warning", "signature refused"),
        ("alert", "", "error", "about credentials"),
        ("alert", "", "error", "about rest"),
    ]
    assert [row.cleared_at for row in rows] == [None, None, at(5), None]
    assert len(rows[0].text) == 200


async def test_what_the_venue_tells_of_the_account_is_kept(
    journal: AccountJournal, account: Account, database: DatabaseThread
) -> None:
    """B11: its id is the first one that was told, for ever."""
    journal.learnt(kind=AccountKind.UNIFIED, uid="7")
    journal.learnt(uid="8")
    await journal.finish()
    await database.run(account.refresh_from_db)
    assert (account.kind, account.uid) == ("unified", "7")


async def test_worker_that_starts_knows_what_was_known(
    teller: Teller, account: Account, database: DatabaseThread, clock: ManualClock
) -> None:
    """M-07: what is open, the newest balances, the newest fill; what the last worker raised is over."""
    held = position("3", margin_mode=MarginMode.CROSSED, margin_coin="USDT", entry_price="2.2366", updated_at=10)
    await teller.hear(whole(held, position("1", "XRPUSDT", updated_at=10)))
    await teller.hear(whole(held))
    waiting = order(LIVE, "1", symbol="BTCUSDT", price="5", updated_at=10)
    await teller.hear(Orders((waiting, order(FILLED, "2", symbol="BTCUSDT", updated_at=10))))
    for equity in ("12", "13"):
        await teller.hear(Balances((balance(equity=equity),)))
        await clock.advance(BALANCES_EVERY_S)
    await written(teller.journal, Filled(fill("1", filled=7)), Filled(fill("2", filled=5)))
    teller.journal.raised("rest", "REST does not answer")
    teller.journal.drifted(Difference("order 1", "state", "live", "none"), "")
    await teller.journal.finish()
    known = await AccountJournal(account.pk, database, clock).begin()
    assert (known.positions, known.balances, known.filled_at) == ((held,), (balance(equity="13"),), at(7))
    assert [(each.order_id, each.status, each.price) for each in known.orders] == [("1", LIVE, Decimal(5))]
    open_rows = [StreamEvent.objects.filter(kind="alert", cleared_at=None), Drift.objects.filter(settled_at=None)]
    assert await database.run(lambda: [rows.count() for rows in open_rows]) == [0, 0]


async def test_accounts_do_not_see_each_other(teller: Teller, account: Account, database: DatabaseThread) -> None:
    """B11: what one account holds is nothing to another."""
    await teller.hear(whole(position("3", updated_at=10)))
    other = await database.run(lambda: Account.objects.create(label="other", owner=account.owner))
    assert await AccountJournal(other.pk, database, ManualClock()).begin() == Known()


@locks_sqlite
async def test_locked_database_delays_what_happened_and_loses_none(
    journal: AccountJournal, database: DatabaseThread, clock: ManualClock
) -> None:
    """F-06: it is tried again after a second; the loop does not wait for it."""
    await database.run(be_impatient)
    with write_lock():
        journal.changed(Filled(fill("1")))
        journal.changed(Filled(fill("2")))
        running = asyncio.create_task(journal.run())
        # The one that samples balances sleeps too.
        await wait_until(lambda: clock.sleepers == 2)
    await clock.advance(RETRY_AFTER_S)

    async def is_written() -> bool | None:
        return await database.run(Fill.objects.count) == 2 or None

    assert await wait_for(is_written)
    running.cancel()


async def test_journal_of_a_deleted_account_holds_nothing_up(
    journal: AccountJournal, account: Account, database: DatabaseThread
) -> None:
    """F-06: what can never be written is dropped."""
    await database.run(account.delete)
    await written(journal, Filled(fill("1")), Filled(fill("2")))
    assert await database.run(Fill.objects.count) == 0
