"""One drain for each server, run by whoever holds its lease."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections

from feeds.clock import SystemClock
from feeds.models import Inbox
from feeds.storage import keys, latest, lease
from feeds.storage.drainer import lease_name, run_drain
from tests.feeds.samples import logged, price_state
from tests.feeds.storage.log import append, stored
from tests.redis_server import RedisServer
from tests.waiting import wait_in_thread_until

pytestmark = pytest.mark.django_db(transaction=True)

KEY = keys.price("main", "BTC-USDT")
# The bar is 100 000 in 30 s. So many have twice their share, because other tests run beside this one.
RESYNC, RESYNC_WITHIN_S = 10_000, 6.0
Pair = tuple[RedisServer, RedisServer]


@contextmanager
def draining(*servers: str) -> Iterator[threading.Event]:
    """Each on a thread of its own, as in a worker; told to stop at the end, and awaited."""
    stop = threading.Event()

    def run(server: str) -> None:
        try:
            run_drain(server, f"test {server}", stop, SystemClock())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[server]) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in threads:
            thread.join(5)
            assert not thread.is_alive()


def test_both_logs_drain_into_one_database(redis_pair: Pair) -> None:
    """R9: what is in both is one row; each log has a place of its own."""
    primary, failover = redis_pair
    append(primary, logged(1), logged(2))
    append(failover, logged(2), logged(3))
    with draining("primary", "failover"):
        wait_in_thread_until(lambda: stored() == [1, 2, 3])
    assert [row.server for row in Inbox.objects.all()] == ["failover", "primary"]
    assert lease.unheld([lease_name("primary"), lease_name("failover")]) == ["drain:failover", "drain:primary"]


def test_drain_that_somebody_else_runs_is_left_alone(redis_server: str) -> None:
    """W5: the second one is told so at once."""
    lease.claim(lease_name("primary"), "somebody")
    assert not run_drain("primary", "me", threading.Event(), SystemClock())


def test_drain_stops_within_a_second_while_its_server_hangs(own_redis: RedisServer) -> None:
    """W2 R2: told to stop, it waits for nobody; its lease is free at once."""
    append(own_redis, logged(1))
    with draining("primary") as stop:
        wait_in_thread_until(lambda: stored() == [1])
        own_redis.freeze()
        stop.set()
        told_at = time.monotonic()
        wait_in_thread_until(lambda: lease.unheld([lease_name("primary")]))
        assert time.monotonic() - told_at < 1.0
    own_redis.thaw()


def test_server_that_comes_back_is_drained_and_gets_the_newest_state(redis_pair: Pair) -> None:
    """L-02 R1: what its log held when it died, what the other one took meanwhile, and the state that was written."""
    primary, failover = redis_pair
    with draining("primary", "failover"):
        append(primary, logged(1))
        wait_in_thread_until(lambda: stored() == [1])
        primary.stop()
        append(failover, logged(2))
        with failover.client() as client:
            client.set(KEY, latest.encode(price_state(7, 7)), ex=60)
        wait_in_thread_until(lambda: stored() == [1, 2])
        primary.start()
        append(primary, logged(3))
        wait_in_thread_until(lambda: stored() == [1, 2, 3])
        with primary.client() as client:
            wait_in_thread_until(lambda: (told := client.get(keys.sync("primary"))) and b'"copied":1' in told)
            assert latest.decode_price(client.get(KEY) or b"").fence == 7


def test_long_absence_of_one_server_is_made_good(redis_pair: Pair) -> None:
    """R11: what it has too is stored once; both sets are equal in time."""
    primary, failover = redis_pair
    primary.stop()
    append(failover, *map(logged, range(RESYNC)))
    primary.start()
    append(primary, *map(logged, range(RESYNC - 100, RESYNC + 100)))
    began_at = time.monotonic()
    with draining("primary", "failover"):
        wait_in_thread_until(lambda: len(stored()) == RESYNC + 100, 2 * RESYNC_WITHIN_S)
        assert time.monotonic() - began_at < RESYNC_WITHIN_S
    assert stored() == list(range(RESYNC + 100))
