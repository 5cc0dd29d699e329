"""PostgreSQL that is slow or locked: nobody waits for long, and nothing is lost."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection

from feeds.storage import lease
from feeds.storage.database import DatabaseThread
from tests.feeds.samples import logged
from tests.feeds.storage.draining import running_drain, stored
from tests.feeds.storage.log import append, pending
from tests.postgres_server import PostgresServer
from tests.redis_server import RedisServer
from tests.waiting import wait_in_thread_until

STUCK_AFTER_S = 3.0


@contextmanager
def held(server: PostgresServer, statement: str) -> Iterator[None]:
    """What a stranger's transaction locks stays locked until the end of the block, and is undone then."""
    with server.connect() as stranger, stranger.transaction(force_rollback=True):
        stranger.execute(statement.encode())
        yield


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [("SELECT pg_sleep(60)", "statement timeout"), ("SELECT pg_advisory_lock(7)", "lock timeout")],
    ids=["slow", "locked"],
)
async def test_statement_that_takes_long_is_given_up(own_postgres: PostgresServer, statement: str, reason: str) -> None:
    """D5: the thread of a loop is free again within three seconds, and its next call works."""
    database = DatabaseThread("test")
    with held(own_postgres, "SELECT pg_advisory_lock(7)"):
        began = time.monotonic()
        with pytest.raises(OperationalError, match=reason):
            await database.run(execute, statement)
        assert time.monotonic() - began < STUCK_AFTER_S
        assert await database.run(lease.claim, "feed:main", "a")
    await database.close()


async def test_locked_lease_is_given_up_before_it_expires(own_postgres: PostgresServer) -> None:
    """D5: a holder that cannot renew hears of it in time to try again."""
    database = DatabaseThread("test")
    fence = await database.run(lease.claim, "feed:main", "a")
    assert fence
    with held(own_postgres, "LOCK TABLE feeds_lease IN EXCLUSIVE MODE"):
        began = time.monotonic()
        with pytest.raises(OperationalError, match="lock timeout"):
            await database.run(lease.renew, "feed:main", "a", fence)
        assert time.monotonic() - began < STUCK_AFTER_S
    assert await database.run(lease.renew, "feed:main", "a", fence)
    await database.close()


def test_transaction_that_is_forgotten_is_ended(own_postgres: PostgresServer) -> None:
    """D5: after ten seconds the server ends it, with its locks."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("10s",)


def test_drain_waits_out_a_migration(
    own_postgres: PostgresServer,
    redis_server: str,
    shared_redis: RedisServer,
) -> None:
    """D6: while the table is rewritten the log grows, and everything is stored afterwards."""

    def refused() -> int:
        return own_postgres.log().count("due to lock timeout")

    with running_drain(shared_redis):
        append(shared_redis, logged(1))
        wait_in_thread_until(lambda: stored(own_postgres) == 1)
        before = refused()
        with held(own_postgres, "ALTER TABLE feeds_trade ADD COLUMN later integer"):
            append(shared_redis, *map(logged, range(2, 20)))
            wait_in_thread_until(lambda: refused() >= before + 2, 10, "the drain tries again")
            assert pending(shared_redis) > 0
        wait_in_thread_until(lambda: stored(own_postgres) == 19)
        wait_in_thread_until(lambda: pending(shared_redis) == 0)
