"""PostgreSQL goes away under load and comes back: every trade is stored once."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from tests.feeds.samples import logged
from tests.feeds.storage.draining import Flood, running_drain, stored
from tests.feeds.storage.log import append, pending
from tests.postgres_server import PostgresServer
from tests.redis_server import RedisServer
from tests.waiting import wait_in_thread_until

RESUME_WITHIN_S: Final = 3.0
ROUNDS: Final = 2
# The drain is the only client of this server, beside the stranger that asks.
DRAIN: Final = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
# It holds a writer's lock on the trades until its commit is over.
STORES: Final = "pid IN (SELECT pid FROM pg_locks WHERE relation = 'feeds_trade'::regclass AND mode ~ '^RowExcl')"
COMMITS: Final = f"{DRAIN} AND wait_event = 'SyncRep'"


def restart(how: str) -> Callable[[PostgresServer], None]:
    def strike(server: PostgresServer) -> None:
        server.stop(how)
        assert not server.is_up()
        server.start()

    return strike


def kill_drain(server: PostgresServer) -> None:
    kill(server, wait_in_thread_until(lambda: server.ask(f"SELECT pid {DRAIN}")))


def kill(server: PostgresServer, process: int) -> None:
    """The server takes the death of one of its processes for a crash of all, and recovers."""
    crashes = server.log().count("was terminated by signal 9")
    os.kill(process, signal.SIGKILL)
    wait_in_thread_until(lambda: server.log().count("was terminated by signal 9") > crashes)
    wait_in_thread_until(server.is_up)


STRIKES: Final = {"fast": restart("fast"), "immediate": restart("immediate"), "killed": kill_drain}


@pytest.mark.parametrize("strike", STRIKES.values(), ids=STRIKES.keys())
def test_restart_under_load_loses_and_doubles_nothing(
    own_postgres: PostgresServer, redis_server: str, shared_redis: RedisServer, strike: Callable[[PostgresServer], None]
) -> None:
    """D3: at two thousand trades a second; rows come again within three seconds of the first connection."""
    flood = Flood(shared_redis)
    with running_drain(shared_redis):
        with flood.running():
            for _ in range(ROUNDS):
                wait_for_rows(own_postgres, 5.0)
                strike(own_postgres)
                wait_for_rows(own_postgres, RESUME_WITHIN_S)
        wait_in_thread_until(lambda: stored(own_postgres) >= flood.sent, 15, "the log is drained")
    assert stored(own_postgres) == own_postgres.ask("SELECT count(DISTINCT trade_id) FROM feeds_trade") == flood.sent


def wait_for_rows(server: PostgresServer, within: float) -> None:
    """Until there are more of them than now."""
    before = stored(server)
    wait_in_thread_until(lambda: stored(server) > before, within, "more trades are stored")


def test_commit_whose_answer_never_came_is_repeated_without_harm(
    own_postgres: PostgresServer, redis_server: str, shared_redis: RedisServer
) -> None:
    """D3: killed in COMMIT, when the row is safe and nobody knows."""

    def in_commit_of_trades() -> int | None:
        own_postgres.ask(f"SELECT pg_cancel_backend(pid) {COMMITS} AND NOT {STORES}")
        process: int | None = own_postgres.ask(f"SELECT pid {COMMITS} AND {STORES}")
        return process

    with running_drain(shared_redis):
        with commits_that_hang(own_postgres):
            append(shared_redis, logged(1))
            kill(own_postgres, wait_in_thread_until(in_commit_of_trades, what="the trade is committed") or 0)
            assert (stored(own_postgres), pending(shared_redis)) == (1, 1)
        wait_in_thread_until(lambda: pending(shared_redis) == 0)
    assert stored(own_postgres) == 1


@contextmanager
def commits_that_hang(server: PostgresServer) -> Iterator[None]:
    """They wait for a standby that does not exist, which a cancellation ends: then they are done."""
    with server.connect() as stranger:
        stranger.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        stranger.execute("SELECT pg_reload_conf()")
    try:
        yield
    finally:
        with server.connect() as stranger:
            stranger.execute("ALTER SYSTEM RESET synchronous_standby_names")
            stranger.execute("SELECT pg_reload_conf()")
