"""The feed's diary: rows of transitions and failovers, in a real database."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from feeds.connection.effects import VenueEvidence
from feeds.connection.handover import Handover
from feeds.connection.journal import RETRY_AFTER_S, Journal
from feeds.models import Alert, FailoverEvent, HealthSnapshot
from feeds.storage.database import DatabaseThread
from tests.clock import ManualClock
from tests.feeds.samples import NOON
from tests.feeds.sqlite_lock import be_impatient, locks_sqlite, write_lock
from tests.waiting import wait_for, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest_asyncio.fixture
async def database() -> AsyncIterator[DatabaseThread]:
    database = DatabaseThread("test")
    yield database
    await database.close()


@pytest.fixture
def journal(database: DatabaseThread, clock: ManualClock) -> Journal:
    return Journal("main", database, clock)


async def failovers(journal: Journal, database: DatabaseThread) -> list[FailoverEvent]:
    await journal.finish()
    return await database.run(lambda: list(FailoverEvent.objects.order_by("id")))


async def test_transition_is_a_row(journal: Journal, database: DatabaseThread) -> None:
    """F-06: with its reason, cut to what the column holds."""
    journal.entered("binance", "disconnected", "x" * 300, NOON)
    await journal.finish()
    row = await database.run(HealthSnapshot.objects.get)
    assert (row.subject, row.state, row.taken_at) == ("venue:main:binance", "disconnected", NOON)
    assert row.is_transition
    assert row.reason == "x" * 200


async def test_failover_is_from_the_left_venue_to_the_one_that_delivers(
    journal: Journal, database: DatabaseThread
) -> None:
    """F-06: from, to, reason, started, finished, how old the last price was, what it cost, and what was known."""
    evidence = {"binance": VenueEvidence("disconnected", 7.5, "closed", 1, "silent")}
    handover = Handover("binance", "silent: no market data", NOON, evidence)
    journal.switched(handover, handover.to("htx", NOON + timedelta(seconds=7.5)))
    (event,) = await failovers(journal, database)
    assert (event.from_venue_id, event.to_venue_id, event.reason) == ("binance", "htx", "silent: no market data")
    assert (event.started_at, event.finished_at) == (NOON, NOON + timedelta(seconds=7.5))
    assert (event.last_price_age, event.stale_seconds, event.instrument_id) == (7.5, 2.5, None)
    assert event.evidence["binance"]["data_age"] == 7.5


async def test_alert_is_a_row_until_it_is_cleared(journal: Journal, database: DatabaseThread) -> None:
    """F-09: raised, and over; what was never raised is cleared in silence."""
    journal.raised("exhausted", "binance", "maximum reconnection attempts reached for binance", NOON)
    await journal.finish()
    assert (await database.run(Alert.objects.get)).cleared_at is None
    journal.cleared("exhausted", "binance", NOON + timedelta(seconds=9))
    journal.cleared("exhausted", "htx", NOON)
    await journal.finish()
    alert = await database.run(Alert.objects.get)
    assert (alert.raised_at, alert.cleared_at) == (NOON, NOON + timedelta(seconds=9))


async def test_rows_are_written_as_they_come(journal: Journal, database: DatabaseThread) -> None:
    """F-06: visible while the feed runs, in order."""
    running = asyncio.create_task(journal.run())
    for state in ("connecting", "connected"):
        journal.entered("binance", state, "", NOON)

    async def both() -> list[str] | None:
        rows = HealthSnapshot.objects.order_by("id").values_list("state", flat=True)
        states = await database.run(lambda: list(rows.all()))
        return states if len(states) == 2 else None

    assert await wait_for(both) == ["connecting", "connected"]
    running.cancel()


@locks_sqlite
async def test_locked_database_delays_a_row_and_loses_none(
    journal: Journal, database: DatabaseThread, clock: ManualClock
) -> None:
    """F-06: it is tried again after a second of the feed's clock; the feed does not wait for it."""
    await database.run(be_impatient)
    with write_lock():
        journal.entered("binance", "connected", "", NOON)
        running = asyncio.create_task(journal.run())
        await wait_until(lambda: clock.sleepers == 1)
    await clock.advance(RETRY_AFTER_S)

    async def is_written() -> bool:
        return await database.run(HealthSnapshot.objects.count) == 1

    assert await wait_for(is_written)
    running.cancel()


async def test_row_about_a_deleted_feed_holds_nothing_up(database: DatabaseThread, clock: ManualClock) -> None:
    """F-06: what can never be written is dropped, what comes after it is written."""
    journal = Journal("no such feed", database, clock)
    journal.raised("blind", "", "no venue delivers", NOON)
    journal.entered("binance", "connected", "", NOON)
    await journal.finish()
    assert await database.run(HealthSnapshot.objects.count) == 1
