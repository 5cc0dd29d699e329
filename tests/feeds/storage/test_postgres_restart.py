"""PostgreSQL goes away under load and comes back: every trade is stored once."""

import os
import signal
from collections.abc import Callable
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
DRAIN: Final = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
IN_COMMIT: Final = f"{DRAIN} AND query = 'COMMIT' AND wait_event = 'SyncRep'"


def restart(how: str) -> Callable[[PostgresServer], None]:
    def strike(server: PostgresServer) -> None:
        server.stop(how)
        assert not server.is_up()
        server.start()

    return strike


def kill_drain(server: PostgresServer, asked: str = DRAIN) -> None:
    """Its process in the server is gone, which the server takes for a crash of all, and recovers from."""
    crashes = server.log().count("was terminated by signal 9")
    os.kill(wait_in_thread_until(lambda: server.ask(asked)), signal.SIGKILL)
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
    """D3: killed in COMMIT, when the rows are safe and nobody knows: it waits for a standby that does not exist."""
    commits_wait_for(own_postgres, "nobody")
    append(shared_redis, *map(logged, range(10)))
    with running_drain(shared_redis):
        kill_drain(own_postgres, IN_COMMIT)
        assert (stored(own_postgres), pending(shared_redis)) == (10, 10)
        commits_wait_for(own_postgres, "")
        wait_in_thread_until(lambda: pending(shared_redis) == 0)
    assert stored(own_postgres) == 10


def commits_wait_for(server: PostgresServer, standby: str) -> None:
    """Every commit from now on waits until this standby has it; "" is nobody."""
    with server.connect() as stranger:
        stranger.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{standby}'".encode())
        stranger.execute("SELECT pg_reload_conf()")
