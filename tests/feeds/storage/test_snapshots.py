"""Health snapshots in a real database: what a lease went through, what waits, and what is dropped."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from django.db import DatabaseError, connection

from feeds.connection.journal import Journal
from feeds.models import Alert, HealthSnapshot, Lease
from feeds.storage import lease, rows, snapshots
from feeds.storage.database import DatabaseThread
from feeds.storage.rows import WaitingRows
from tests.clock import ManualClock
from tests.feeds.samples import NOON
from tests.feeds.sqlite_lock import impatient, locks_sqlite, write_lock

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["impatient"]


@pytest_asyncio.fixture
async def database() -> AsyncIterator[DatabaseThread]:
    database = DatabaseThread("test")
    yield database
    await database.close()


def told(*fields: str) -> list[tuple[Any, ...]]:
    return list(HealthSnapshot.objects.order_by("id").values_list(*fields))


def of_lease() -> list[tuple[str, str, int]]:
    return [(state, detail["holder"], detail["fence"]) for state, detail in told("state", "detail")]


def expire() -> None:
    Lease.objects.update(expires_at=None)


def test_lease_that_is_given_back_is_two_rows() -> None:
    """D-07: taken with its fence, and released; a claim that fails is none."""
    fence = lease.claim("feed:main", "a") or 0
    assert lease.claim("feed:main", "b") is None
    lease.release("feed:main", "a", fence)
    assert of_lease() == [("taken", "a", fence), ("released", "a", fence)]
    assert {row[0] for row in told("subject")} == {"lease:feed:main"}


def test_lease_that_expires_is_lost_when_another_one_takes_it() -> None:
    """D-07 W3: whoever had it need not be alive for that; giving back what is not ours is no transition."""
    old = lease.claim("feed:main", "a") or 0
    expire()
    new = lease.claim("feed:main", "b") or 0
    lease.release("feed:main", "a", old)
    assert of_lease() == [("taken", "a", old), ("lost", "a", old), ("taken", "b", new)]


def test_lease_that_was_given_back_is_not_lost() -> None:
    """D-07: its next holder finds it free."""
    lease.release("feed:main", "a", lease.claim("feed:main", "a") or 0)
    lease.claim("feed:main", "b")
    assert [state for state, *_ in of_lease()] == ["taken", "released", "taken"]


def test_leases_do_not_mix() -> None:
    """D-07: another one that was taken says nothing of this one."""
    lease.claim("feed:main", "a")
    lease.claim("drain:primary", "a")
    assert [state for state, *_ in of_lease()] == ["taken", "taken"]


@locks_sqlite
@pytest.mark.usefixtures("impatient")
async def test_database_that_is_away_drops_samples_and_no_transition(
    database: DatabaseThread, clock: ManualClock
) -> None:
    """D-07: every transition is written in order once it is back; the next sample tells how many are missing."""
    journal = Journal("main", database, clock)
    with write_lock():
        journal.entered("binance", "disconnected", "silent", NOON)
        assert not await journal.finish()
        for _ in range(3):
            journal.sampled("live", NOON)
        journal.noted("redis:primary", "down", "refused", NOON)
    assert await journal.finish()
    journal.sampled("live", NOON)
    await journal.finish()
    found = await database.run(told, "subject", "state")
    assert found == [("venue:main:binance", "disconnected"), ("redis:primary", "down"), ("feed:main", "live")]
    (last,) = (await database.run(told, "detail"))[-1]
    assert last["dropped"] == 3


@locks_sqlite
@pytest.mark.usefixtures("impatient")
async def test_database_is_told_to_be_away_once_and_back_once(database: DatabaseThread) -> None:
    """D-07: however many calls fail; a row that it refuses is no trouble of the database."""
    heard: list[str] = []
    database.heard = heard.append
    with write_lock():
        for _ in range(2):
            with pytest.raises(DatabaseError):
                await database.run(lease.claim, "feed:main", "a")
    await database.run(lease.claim, "feed:main", "a")
    with pytest.raises(DatabaseError):
        await database.run(Alert(feed_id="no such feed", kind="blind", text="x", raised_at=NOON).save)
    assert heard == ["database is locked", ""]
    assert database.trouble == ""


def test_rows_that_wait_are_bounded(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """What is too much is told in the log."""
    monkeypatch.setattr(rows, "MAX_WAITING", 2)
    waiting = WaitingRows()
    for number in range(3):
        waiting.add(snapshots.worker("started", str(number), NOON))
    assert "lost: worker:" in caplog.text
    waiting.save_all()
    assert told("reason") == [("0",), ("1",)]
    assert len(waiting) == 0


def test_subject_of_a_lease_fits_its_column() -> None:
    """D-07: the longest name of a lease, with the word before it."""
    longest = Lease._meta.get_field("resource").max_length or 0
    assert len("lease:") + longest <= (HealthSnapshot._meta.get_field("subject").max_length or 0)


def test_newest_row_of_a_subject_is_found_by_its_index() -> None:
    """D-07: for each claim, however long the diary is."""
    if connection.vendor == "sqlite":
        plan = HealthSnapshot.objects.filter(subject="lease:feed:main").order_by("-id")[:1].explain()
        assert "USING INDEX health_by_subject" in plan


async def test_transitions_of_two_loops_do_not_wait_for_each_other(clock: ManualClock) -> None:
    """D-07: each has a journal and a thread of its own."""
    threads = [DatabaseThread(name) for name in ("one", "other")]
    journals = [Journal(name, thread, clock) for name, thread in zip(("main", "main"), threads, strict=True)]
    for number, journal in enumerate(journals):
        journal.entered("binance", "connected", str(number), NOON)
    await asyncio.gather(*(journal.finish() for journal in journals))
    assert sorted(row[0] for row in await threads[0].run(told, "reason")) == ["0", "1"]
    for thread in threads:
        await thread.close()
