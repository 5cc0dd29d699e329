"""A wall clock that jumps changes nothing about leases: on SQLite it is the only clock that the database has."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from feeds.models import Lease
from feeds.storage import lease, lease_clock
from tests.waiting import wait_in_thread_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="a server has a clock of its own"),
]
SHORT = timedelta(milliseconds=100)
HOUR = timedelta(hours=1)
Jump = Callable[[timedelta], None]


@pytest.fixture
def jump() -> Iterator[Jump]:
    """Sets the wall clock of this test's SQLite connection."""

    def set_by(hours: timedelta) -> None:
        connection.ensure_connection()
        raw: Any = connection.connection
        # Whatever moment SQLite is asked for in Django's way, it is asked for now.
        raw.create_function("STRFTIME", -1, lambda *_: (datetime.now(UTC) + hours).strftime("%Y-%m-%d %H:%M:%S.%f"))

    yield set_by
    connection.close()


def wall_clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')")
        return datetime.fromisoformat(f"{cursor.fetchone()[0]}+00:00")


@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_jump_of_the_clock_neither_frees_nor_freezes_a_lease(jump: Jump, by: timedelta) -> None:
    """W10: an hour forward it is still held and renewed; an hour back it still runs out."""
    fence = lease.claim("feed:main", "a")
    assert fence
    lease.claim("feed:other", "a", SHORT)
    jump(by)
    assert abs(wall_clock() - datetime.now(UTC) - by) < timedelta(minutes=1)

    assert lease.claim("feed:main", "b") is None
    assert lease.renew("feed:main", "a", fence)
    wait_in_thread_until(lambda: lease.claim("feed:other", "b"), what="the other lease runs out")


def test_lease_of_the_machine_s_last_life_is_free() -> None:
    """W10: seconds since a start mean nothing after the next one."""
    lease.claim("feed:main", "a", timedelta(days=1000))
    Lease.objects.update(boot="an earlier one")
    assert lease.unheld(["feed:main"]) == ["feed:main"]
    assert lease.claim("feed:main", "b")
    assert lease.claim("feed:main", "c") is None


def test_wall_clock_serves_where_starts_have_no_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """W10: a system without /proc still has leases."""
    monkeypatch.setattr(lease_clock, "_BOOT_ID", tmp_path / "missing")
    lease_clock._boot_id.cache_clear()
    try:
        assert lease.claim("feed:main", "a")
        assert lease.claim("feed:main", "b") is None
        lease.claim("feed:other", "a", -SHORT)
        assert lease.unheld(["feed:main", "feed:other"]) == ["feed:other"]
    finally:
        lease_clock._boot_id.cache_clear()
