"""What looks beside the requests: it outlives whatever happens to a look."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from pytest_django import Settings

from dashboard.system.eye import Eye, Seen, following
from dashboard.system.watch import WATCH, Watch
from feeds.clock import SystemClock
from omega_site.database import tuned
from omega_site.environment import Environment
from tests.dashboard.conftest import Visitor
from tests.dashboard.samples import NOON
from tests.dashboard.system.asking import ask
from tests.databases import default_database
from tests.postgres_server import PostgresServer
from tests.redis_server import RedisServer
from tests.waiting import wait_in_thread_until

Pair = tuple[RedisServer, RedisServer]


class Moody:
    """Answers how often it was asked, and fails in ways that nobody thought of while it is told to."""

    def __init__(self) -> None:
        self.is_broken = False
        self.asked = 0

    def look(self) -> int:
        self.asked += 1
        if self.is_broken:
            raise KeyError("lag")
        return self.asked


@pytest.fixture
def moody() -> Moody:
    return Moody()


@pytest.fixture
def eye(moody: Moody) -> Iterator[Eye[int]]:
    eye = Eye("the moody one", moody.look, SystemClock())
    eye.start()
    yield eye
    eye.stop(5)


def test_a_short_silence_is_no_new_beginning() -> None:
    """F-30: on a busy machine a look may come too late; a server that was away for 5 s is up since it is back."""
    silence = TimeoutError("no answer in time")
    seen: Seen[int] | None = None
    told = []
    for second, error in ((0, None), (60, silence), (64, None), (70, silence), (74, silence), (75, None)):
        seen = following(seen, second, error, NOON + timedelta(seconds=second))
        told.append((seen.since_at - NOON).total_seconds())
    assert told == [0, 60, 0, 70, 70, 75]


def test_a_look_that_breaks_does_not_end_the_looking(
    eye: Eye[int], moody: Moody, caplog: pytest.LogCaptureFixture
) -> None:
    """R15: whatever a look raises is an outage with its reason, logged whole once, and over when it is over."""

    def is_well() -> bool:
        seen = eye.seen(0)
        return seen is not None and seen.is_well(SystemClock().now())

    moody.is_broken = True
    wait_in_thread_until(lambda: moody.asked >= 3)
    seen = eye.seen(0)
    assert seen is not None
    assert seen.last_error == "KeyError: 'lag'"
    assert not is_well()
    moody.is_broken = False
    wait_in_thread_until(is_well)
    assert [(record.levelname, bool(record.exc_info)) for record in caplog.records] == [
        ("ERROR", True),
        ("WARNING", False),
    ]


def test_a_wrong_password_is_tried_once_however_many_pages_are_asked_for(
    operator: Visitor, redis_pair: Pair, settings: Settings
) -> None:
    """R6, S11: nobody is locked out, staff is told why, and no answer has the password."""
    primary, _ = redis_pair
    settings.REDIS_URL = f"{primary.url}?password=s3cret-word"

    def looks() -> int:
        return int(ask("/redis/status", operator.client).json()["failover"]["looks"])

    with primary.client() as client:
        client.config_set("requirepass", "right")
        for _ in range(3):
            assert operator.client.get("/").status_code == 200
        wait_in_thread_until(lambda: looks() >= 5)
        assert sum(int(entry["count"]) for entry in client.acl_log()) == 1
    status = ask("/redis/status", operator.client).json()["primary"]
    assert (status["up"], status["state"], status["looks"]) == (False, "credentials", 1)
    assert "invalid username-password pair" in status["last_error"]
    assert "s3cret-word" not in operator.client.get("/system/").content.decode()
    for page in ("/health", "/redis/status", "/metrics"):
        assert "s3cret-word" not in ask(page, operator.client).text


def test_pages_that_hold_every_connection_are_no_outage_of_the_database(
    own_postgres: PostgresServer, redis_server: str
) -> None:
    """D4: the pool is empty, the database is well."""
    watch = Watch(SystemClock())
    with default_database(tuned(Environment.db_url_config(own_postgres.url), "web")):
        own: Any = connections["default"]
        own.close()
        pool = own.pool
        held = [pool.getconn() for _ in range(pool.max_size)]
        assert own_postgres.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'omega web'") == 4
        try:
            assert watch.system(patience_s=5).has_database
        finally:
            watch.stop()
            for each in held:
                pool.putconn(each)
            own.close_pool()


def test_a_spool_that_cannot_be_read_is_not_empty(db: None, redis_server: str, settings: Settings) -> None:
    """L-14: the operator is told that nobody knows what waits there."""
    settings.SPOOL_DIR.parent.mkdir(parents=True, exist_ok=True)
    settings.SPOOL_DIR.write_text("not a folder")
    assert "Not a directory" in WATCH.system(patience_s=5).spool.error
    settings.SPOOL_DIR.unlink()
    wait_in_thread_until(lambda: not WATCH.system().spool.error)
