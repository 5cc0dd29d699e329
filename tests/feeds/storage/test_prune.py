"""Deleting what was kept for long enough, in a real database: in small steps, by one, and in nobody's way."""

import os
import subprocess
import sys
import threading
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from feeds import tasks
from feeds.clock import SystemClock
from feeds.models import HealthSnapshot, Instrument, Lease, Trade
from feeds.storage import lease
from feeds.storage.prune import BUSY_S, PAUSE_S, RESOURCE, STEP_SIZE, Pruned, run_prune
from feeds.worker import sessions
from tests.clock import ManualClock, QuickClock
from tests.feeds.samples import NOON
from tests.feeds.sqlite_lock import impatient, locks_sqlite, write_lock
from tests.feeds.storage import aged

pytestmark = pytest.mark.django_db(transaction=True)
OLD = NOON - timedelta(days=5000)
INSTRUMENTS = 100
ROOT = Path(__file__).resolve().parents[3]
__all__ = ["impatient"]


class Pauses(threading.Event):
    """A stop signal that nobody gives; it does not make a test wait."""

    def __init__(self) -> None:
        super().__init__()
        self.lengths: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.lengths.append(timeout)
        return self.is_set()


@pytest.fixture
def stop() -> Pauses:
    return Pauses()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def fill(count: int) -> None:
    """So many trades that are expired, and one that is not."""
    Trade.objects.bulk_create([*(aged.trade(OLD) for _ in range(count)), aged.trade(NOON)])


def told() -> HealthSnapshot:
    return HealthSnapshot.objects.get(subject="retention")


def test_everything_that_is_expired_goes_and_nothing_else(stop: Pauses, clock: ManualClock) -> None:
    """F-18: of every table; how much that was is written down, for people."""
    aged.newest_of_each(NOON)
    before = aged.counts()
    aged.one_of_each(OLD)
    found = run_prune("test", stop, clock)
    assert found is not None
    assert found.reason == ""
    assert sum(found.deleted.values()) == 19
    # Its own lease and what it says of itself are new.
    assert aged.counts() == before | {"HealthSnapshot": before["HealthSnapshot"] + 3}
    assert (told().state, told().detail["deleted"]) == ("done", dict(found.deleted))


def test_steps_are_small(stop: Pauses, clock: ManualClock) -> None:
    """F-18: no transaction has more than a thousand rows, and after each there is a pause."""
    fill(2 * STEP_SIZE + 1)
    with CaptureQueriesContext(connection) as queries:
        assert run_prune("test", stop, clock) == Pruned({"trades": 2 * STEP_SIZE + 1})
    deletes = [query["sql"] for query in queries if query["sql"].startswith("DELETE")]
    assert [sql.count(",") + 1 for sql in deletes] == [STEP_SIZE, STEP_SIZE, 1]
    assert stop.lengths == [PAUSE_S] * 3


def test_one_at_a_time(stop: Pauses, clock: ManualClock) -> None:
    """F-18 W9: of two beats that ask at once, one finds the lease taken."""
    fill(1)
    fence = lease.claim(RESOURCE, "somebody else")
    assert run_prune("test", stop, clock) is None
    assert Trade.objects.count() == 2
    lease.release(RESOURCE, "somebody else", fence or 0)
    assert run_prune("test", stop, clock) == Pruned({"trades": 1})
    assert run_prune("test", stop, clock) == Pruned({})


def test_worker_that_stops_ends_it_after_a_step(stop: Pauses, clock: ManualClock) -> None:
    """F-18 W2: the rest goes an hour later."""

    class StopsAfterTheFirstStep(Pauses):
        def wait(self, timeout: float | None = None) -> bool:
            self.set()
            return True

    fill(STEP_SIZE + 1)
    assert run_prune("test", StopsAfterTheFirstStep(), clock) == Pruned({"trades": STEP_SIZE}, "the worker stops")
    assert Trade.objects.count() == 2
    assert told().state == "interrupted"
    assert lease.unheld([RESOURCE]) == [RESOURCE]


def test_worker_that_stops_ends_it_where_there_is_nothing_to_delete(stop: Pauses, clock: ManualClock) -> None:
    """F-18 W2: it looks for thousands of ranges whether anything is in them."""
    stop.set()
    assert run_prune("test", stop, clock) == Pruned({}, "the worker stops")


def test_many_instruments_starve_no_table(stop: Pauses) -> None:
    """F-18: that looking through all of theirs takes more than a second says nothing of the database."""
    Instrument.objects.bulk_create(
        Instrument(code=f"C{number}-USDT", base=f"C{number}", quote="USDT") for number in range(INSTRUMENTS)
    )
    aged.one_of_each(OLD)
    aged.newest_of_each(NOON)
    clock = QuickClock(20.0)
    began_at = clock.monotonic()
    found = run_prune("test", stop, clock)
    assert clock.monotonic() - began_at > BUSY_S
    assert found is not None
    assert found.reason == ""
    assert found.deleted["logins"] == 1


def test_trouble_of_one_table_keeps_no_other_one(stop: Pauses, clock: ManualClock) -> None:
    """F-18: it is told; those behind it in the order are pruned all the same."""
    aged.one_of_each(OLD)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE feeds_uptimeminute RENAME TO feeds_elsewhere")
        try:
            found = run_prune("test", stop, clock)
        finally:
            cursor.execute("ALTER TABLE feeds_elsewhere RENAME TO feeds_uptimeminute")
    assert found is not None
    assert found.reason.startswith("uptime cannot be deleted: ")
    assert found.deleted.keys() >= {"alerts", "dead letters", "logins"}


def test_setting_that_cannot_be_meant_deletes_nothing(stop: Pauses, clock: ManualClock, settings: Settings) -> None:
    """F-18: 30, where somebody thought of days."""
    settings.TRADE_RETENTION_S = 30
    fill(1)
    assert run_prune("test", stop, clock) == Pruned({}, "TRADE_RETENTION_S cannot be meant")
    assert Trade.objects.count() == 2


def test_drain_that_is_behind_has_the_database(stop: Pauses, clock: ManualClock) -> None:
    """F-18: seen in the trade that it stored last; it is no reason when that was long ago."""
    fill(2)
    now = SystemClock().now()
    late = aged.trade(now, received_at=now - timedelta(seconds=30))
    late.save()
    found = run_prune("test", stop, SystemClock())
    assert found is not None
    assert found.reason == "the drain is behind"
    Trade.objects.filter(pk=late.pk).update(recorded_at=Now() - timedelta(minutes=5))
    fill(1)
    found = run_prune("test", stop, SystemClock())
    assert found is not None
    assert found.reason == ""


@locks_sqlite
@pytest.mark.usefixtures("impatient")
def test_locked_database_stops_it_politely(stop: Pauses, clock: ManualClock) -> None:
    """F-18 D3: no error, and no trying again and again; somebody else may finish it."""

    class LocksAfterTheFirstStep(Pauses):
        def wait(self, timeout: float | None = None) -> bool:
            lock.__enter__()
            return False

    fill(STEP_SIZE + 1)
    lock = write_lock()
    found = run_prune("test", LocksAfterTheFirstStep(), clock)
    assert found == Pruned({"trades": STEP_SIZE}, "the database is busy: database is locked")
    lock.__exit__(None, None, None)
    Lease.objects.update(expires_at=None)
    assert run_prune("test", stop, clock) == Pruned({"trades": 1})


def test_dry_run_says_what_would_go() -> None:
    """F-18: by table, with how long it is kept; nothing goes."""
    aged.one_of_each(OLD)
    aged.newest_of_each(NOON)
    before, said = aged.counts(), StringIO()
    call_command("prune", "--dry-run", stdout=said)
    assert "trades            kept for 29.5306 days              1 rows would go\n" in said.getvalue()
    assert "logins            until they expire                  1 rows would go\n" in said.getvalue()
    assert aged.counts() == before


def test_command_deletes_and_says_how_much() -> None:
    """F-18: as the worker does every hour, unless it does so right now."""
    fill(3)
    said = StringIO()
    call_command("prune", stdout=said)
    assert said.getvalue() == "trades                       3 rows deleted\n"
    lease.claim(RESOURCE, "a worker")
    with pytest.raises(CommandError, match="Somebody else deletes right now"):
        call_command("prune")


def test_task_runs_it() -> None:
    """F-18: beat asks for it once an hour."""
    fill(1)
    sessions.stopping.clear()
    assert tasks.prune() == "Pruned(deleted=Counter({'trades': 1}), reason='')"
    assert Trade.objects.count() == 1


def test_command_says_what_to_do_where_there_is_no_database(tmp_path: Path) -> None:
    """F-18: a terminal in another data folder is told, and shown no traceback."""
    environment = os.environ | {"OMEGA_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "omega_site.settings"}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "manage.py", "prune", "--dry-run"]
    said = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert said.returncode == 1
    assert "The database does not answer: no such table" in said.stderr
    assert "Traceback" not in said.stderr
