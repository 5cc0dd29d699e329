"""The disk of the database is full: the drain waits, the file stays whole, and nothing is lost."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from feeds.models import Trade
from omega_site.database import tuned
from tests.databases import default_database
from tests.feeds.samples import logged
from tests.feeds.storage.draining import running_drain
from tests.feeds.storage.log import append, pending
from tests.redis_server import RedisServer
from tests.waiting import wait_in_thread_until

SIZE = 8 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(tmp_path)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("NOT PROVED: no file system may be mounted here")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


@pytest.fixture
def database_on_it(django_db_setup: None, django_db_blocker: DjangoDbBlocker, small_disk: Path) -> Iterator[None]:
    sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(small_disk / "omega.sqlite3")}
    with django_db_blocker.unblock(), default_database(tuned(sqlite, "worker")):
        yield


def test_full_disk_is_waited_for(
    database_on_it: None,
    small_disk: Path,
    redis_server: str,
    shared_redis: RedisServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """D2: nothing is acknowledged meanwhile; once there is room again, all is stored in a file without a scratch."""
    with running_drain(shared_redis):
        append(shared_redis, logged(0))
        wait_in_thread_until(lambda: Trade.objects.count() == 1)
        fill(small_disk / "ballast")
        append(shared_redis, *map(logged, range(1, 2001)))
        wait_in_thread_until(lambda: "disk is full" in caplog.text and pending(shared_redis) > 0)
        assert Trade.objects.count() < 2001
        (small_disk / "ballast").unlink()
        wait_in_thread_until(lambda: Trade.objects.count() == 2001)
        wait_in_thread_until(lambda: pending(shared_redis) == 0)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        assert cursor.fetchone() == ("ok",)


def fill(ballast: Path) -> None:
    """Writes until there is no room."""
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(1 << 16)):
            pass
    assert ballast.stat().st_size > SIZE / 2
