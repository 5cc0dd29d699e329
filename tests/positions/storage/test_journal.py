"""An account's diary, in a real database: what an earlier worker knew, what waits, what was found."""

import asyncio
from decimal import Decimal

import pytest
from django.db import DatabaseError

from feeds.storage.database import DatabaseThread
from positions.admin.trial import verdict_of
from positions.board.prices import PublicPrice
from positions.board.protection import found
from positions.book.book import Filled
from positions.book.difference import Difference
from positions.keys.verdict import Outcome, Verdict
from positions.models import Account, Drift, Fill, Position, StreamEvent
from positions.queries.recall import Known
from positions.storage.journal import BALANCES_EVERY_S, RETRY_AFTER_S, AccountJournal
from positions.types import Balances, Orders
from positions.words import AccountKind, MarginMode, OrderKind, OrderStatus
from tests.clock import ManualClock
from tests.feeds.sqlite_lock import be_impatient, locks_sqlite, write_lock
from tests.positions.holding import at, balance, fill, order, position
from tests.positions.telling import Teller, whole, written
from tests.waiting import wait_for, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

LIVE, FILLED = OrderStatus.LIVE, OrderStatus.FILLED


@pytest.fixture
def journal(account: Account, database: DatabaseThread, clock: ManualClock) -> AccountJournal:
    return AccountJournal(account.pk, database, clock)


@pytest.fixture
def teller(journal: AccountJournal) -> Teller:
    return Teller(journal)


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
    for kind in ("credentials", "credentials", "rest"):
        journal.raised(kind, f"about {kind}")
    await clock.advance(5)
    journal.cleared("credentials")
    await journal.finish()
    rows = await database.run(lambda: list(StreamEvent.objects.order_by("id")))
    assert [(row.kind, row.state, row.level, row.text[:20]) for row in rows] == [
        ("state", "error", "error", "x" * 20),
        ("alert", "", "error", "about credentials"),
        ("alert", "", "error", "about rest"),
    ]
    assert [row.cleared_at for row in rows] == [None, at(5), None]
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


async def test_verdict_of_a_key_that_was_replaced_is_not_kept(
    journal: AccountJournal, account: Account, database: DatabaseThread
) -> None:
    """D-04: what came of the key before says nothing of the one that somebody entered meanwhile."""
    journal.judged(Verdict(Outcome.REFUSED, ("API key refused",)), account.revision - 1)
    await journal.finish()
    await database.run(account.refresh_from_db)
    assert (account.verdict, account.checked_at) == ({}, None)
    journal.judged(Verdict(Outcome.TAKEN, rights=("read",)), account.revision)
    await journal.finish()
    await database.run(account.refresh_from_db)
    assert (verdict_of(account), account.checked_at) == (Verdict(Outcome.TAKEN, rights=("read",)), at(0))


async def test_worker_that_starts_knows_what_was_known(
    teller: Teller, account: Account, database: DatabaseThread, clock: ManualClock
) -> None:
    """M-07: what is open, the newest balances, until when fills were read; what the last worker raised is over."""
    held = position("3", margin_mode=MarginMode.CROSSED, margin_coin="USDT", entry_price="2.2366", updated_at=10)
    await teller.hear(whole(held, position("1", "XRPUSDT", updated_at=10)))
    await teller.hear(whole(held))
    waiting = order(LIVE, "1", symbol="BTCUSDT", price="5", updated_at=10)
    await teller.hear(Orders((waiting, order(FILLED, "2", symbol="BTCUSDT", updated_at=10))))
    for equity in ("12", "13"):
        await teller.hear(Balances((balance(equity=equity),)))
        await clock.advance(BALANCES_EVERY_S)
    await written(teller.journal, Filled(fill("1", filled=7)), Filled(fill("2", filled=5)))
    teller.journal.read_fills(at(3))
    teller.journal.raised("rest", "REST does not answer")
    teller.journal.drifted(Difference("order 1", "state", "live", "none"), "")
    await teller.journal.finish()
    known = await AccountJournal(account.pk, database, clock).begin()
    assert (known.positions, known.balances, known.fills_read_at) == ((held,), (balance(equity="13"),), at(3))
    assert [(each.order_id, each.status, each.price) for each in known.orders] == [("1", LIVE, Decimal(5))]
    open_rows = [StreamEvent.objects.filter(kind="alert", cleared_at=None), Drift.objects.filter(settled_at=None)]
    assert await database.run(lambda: [rows.count() for rows in open_rows]) == [0, 0]


async def test_order_is_recalled_with_its_margin_mode(
    teller: Teller, account: Account, database: DatabaseThread, clock: ManualClock
) -> None:
    """M-17: a stop-loss of the crossed position protects no isolated one of the same symbol."""
    crossed, isolated = (position("3", margin_mode=mode, updated_at=10) for mode in MarginMode)
    stop = order(LIVE, symbol="BTCUSDT", kind=OrderKind.STOP_LOSS, trigger_price="5", margin_mode=crossed.margin_mode)
    await teller.hear(whole(crossed, isolated))
    await teller.hear(Orders((stop,)))
    await teller.journal.finish()
    known = await AccountJournal(account.pk, database, clock).begin()
    losses = {each.margin_mode: found(each, known.orders, PublicPrice()).stop_losses for each in known.positions}
    assert [len(losses[mode]) for mode in (MarginMode.CROSSED, MarginMode.ISOLATED)] == [1, 0]


@locks_sqlite
async def test_worker_that_cannot_recall_begins_later(
    teller: Teller, account: Account, database: DatabaseThread, clock: ManualClock
) -> None:
    """M-07 B-09: one that began with nothing would never close what ended meanwhile."""
    await teller.hear(whole(position("3", updated_at=10)))
    successor = Teller(AccountJournal(account.pk, database, clock))
    await database.run(be_impatient)
    with write_lock(), pytest.raises(DatabaseError):
        await successor.journal.begin()
    successor.book.recall(*(await successor.journal.begin())[:3])
    await successor.hear(whole())
    assert await database.run(Position.objects.filter(closed_at=None).count) == 0


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
        # The two that sample sleep too.
        await wait_until(lambda: clock.sleepers == 3)
    await clock.advance(RETRY_AFTER_S)

    async def is_written() -> bool | None:
        return await database.run(Fill.objects.count) == 2 or None

    assert await wait_for(is_written)
    running.cancel()


@locks_sqlite
async def test_worker_that_stops_while_it_writes_writes_the_rest(
    journal: AccountJournal, database: DatabaseThread, clock: ManualClock
) -> None:
    """F-06: its thread is still at a row when the last ones are asked for."""
    with write_lock():
        journal.changed(Filled(fill("1")))
        running = asyncio.create_task(journal.run())
        await wait_until(lambda: clock.sleepers == 2)
        running.cancel()
        finishing = asyncio.create_task(journal.finish())
        await asyncio.sleep(0)
    assert await finishing
    assert await database.run(Fill.objects.count) == 1


async def test_journal_of_a_deleted_account_holds_nothing_up(
    journal: AccountJournal, account: Account, database: DatabaseThread
) -> None:
    """F-06: what can never be written is dropped."""
    await database.run(account.delete)
    await written(journal, Filled(fill("1")), Filled(fill("2")))
    assert await database.run(Fill.objects.count) == 0
