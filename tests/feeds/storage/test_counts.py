"""Counts of all processes together, with real processes and real servers."""

import subprocess
import sys

from pytest_django import Settings

from feeds.storage import counts, keys
from feeds.storage.counts import keeping, merged, tell
from feeds.tally import RECEIVED, Series, Tally
from tests.redis_server import RedisServer
from tests.waiting import wait_in_thread_until

Pair = tuple[RedisServer, RedisServer]
OKX = Series(RECEIVED, "okx")
# Counts, in some threads, and tells; with "kill" it does so until it is killed.
PROCESS = """
import sys, threading, time
import django; django.setup()
from django.conf import settings
settings.REDIS_URL, settings.FAILOVER_REDIS_URL = sys.argv[1:3]
from feeds.storage.counts import CountKeeper
from feeds.tally import RECEIVED, TALLY
keeper = CountKeeper(TALLY)
keeper.begin()
for _ in range(1000):
    TALLY.add(RECEIVED, "okx")
    time.sleep(0.0005)
print("counted", flush=True)
if sys.argv[3] == "kill":
    time.sleep(60)
keeper.end()
"""


def sums(*servers: RedisServer) -> dict[Series, int]:
    found = []
    for server in servers:
        with server.client() as client:
            found.append(counts.decode(client.hgetall(keys.COUNTS)))
    return merged(found)


def counting(settings: Settings, how: str = "end") -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", PROCESS, settings.REDIS_URL, settings.FAILOVER_REDIS_URL, how]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_four_processes_count_what_each_of_them_counted(redis_pair: Pair, settings: Settings) -> None:
    """F-21: 4 x 1000 are 4000, on either server, through a kill and a server that was away. Some seconds: processes."""
    primary, failover = redis_pair
    processes = [counting(settings) for _ in range(3)]
    killed = counting(settings, "kill")
    primary.stop()
    primary.start()
    assert killed.stdout
    assert killed.stdout.readline() == "counted\n"
    wait_in_thread_until(lambda: all(sums(server).get(OKX, 0) >= 1000 for server in redis_pair), within=10)
    for process in processes:
        assert process.wait(timeout=20) == 0
    wait_in_thread_until(lambda: sums(failover) == {OKX: 4000}, within=5)
    killed.kill()
    killed.wait()
    # Some ended before the primary was back. Who drains its log brings it the rest.
    for _ in counts.copy(failover.url, primary.url):
        """One process after the other."""
    assert sums(primary) == {OKX: 4000}


def test_a_copy_gives_way_after_each_process(redis_pair: Pair) -> None:
    """W1: a month has many processes, and whoever brings their counts has a lease to renew."""
    primary, failover = redis_pair
    with failover.client() as client:
        for origin in "abc":
            tell(client, origin, {OKX: 1})
    assert [sums(primary)[OKX] for _ in counts.copy(failover.url, primary.url)] == [1, 2, 3]


def test_what_is_told_twice_counts_once(redis_server: str, shared_redis: RedisServer) -> None:
    """An answer that was lost: the same is told again, and so is less than that, late."""
    with shared_redis.client() as client:
        for count in (5, 5, 3, 9):
            tell(client, "here", {OKX: count})
        tell(client, "there", {OKX: 1})
    assert sums(shared_redis) == {OKX: 10}


def test_a_server_that_forgot_does_not_make_counts_fall(redis_pair: Pair) -> None:
    """A counter that falls would be read as one that began anew, and all of it as an increase."""
    primary, failover = redis_pair
    with keeping(tally := Tally()):
        tally.add(RECEIVED, "okx", count=7)
        wait_in_thread_until(lambda: sums(primary) == sums(failover) == {OKX: 7})
        with primary.client() as client:
            client.flushall()
        tally.add(RECEIVED, "okx", count=2)
        wait_in_thread_until(lambda: sums(failover) == {OKX: 9})
        assert sums(primary, failover) == {OKX: 9}


def test_what_is_counted_while_no_server_answers_is_told_later(redis_pair: Pair) -> None:
    """No count waits for Redis, and none is lost with it."""
    primary, failover = redis_pair
    with keeping(tally := Tally()):
        primary.stop()
        failover.stop()
        tally.add(RECEIVED, "okx", count=3)
        primary.start()
        failover.start()
        wait_in_thread_until(lambda: sums(primary) == sums(failover) == {OKX: 3}, within=10)


def test_a_process_that_ends_tells_its_last_counts(redis_pair: Pair) -> None:
    """F-21: nothing of what it did is missing."""
    with keeping(tally := Tally()):
        tally.add(RECEIVED, "okx")
    assert sums(redis_pair[0]) == sums(redis_pair[1]) == {OKX: 1}
