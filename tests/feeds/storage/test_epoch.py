"""A log that is not the one we knew is drained once more; a database that is not, is filled again from the log."""

import os
import signal
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection, connections

from feeds.models import Alert, Inbox
from feeds.storage import keys
from feeds.storage.consumer import LogConsumer
from feeds.storage.drain import BATCH_SIZE, Drain
from feeds.storage.epoch import Position, distrust, makes_bars
from tests.clock import ManualClock
from tests.feeds.samples import NOON, logged
from tests.feeds.sqlite_lock import locks_sqlite
from tests.feeds.storage.log import append, drain_all, pending, stored
from tests.redis_server import RedisServer

KNOWN = Position("primary", "a", "500-3")


@pytest.mark.parametrize(
    ("known", "epoch", "delivered_id", "reason"),
    [
        (KNOWN, "a", "500-3", ""),
        (KNOWN, "a", "500-12", ""),
        (KNOWN, "a", "1000-0", ""),
        (KNOWN, "a", "500-2", "it came back with older data"),
        (KNOWN, "a", "99-9", "it came back with older data"),
        (KNOWN, "", "0-0", "it came back empty"),
        (KNOWN, "b", "900-0", "it is another log"),
        (None, "a", "900-0", "the database has not drained it before"),
    ],
)
def test_a_log_is_believed_only_where_it_goes_on_from_what_is_committed(
    known: Position | None, epoch: str, delivered_id: str, reason: str
) -> None:
    """R8: by its name, and by what it says to have delivered; ids are compared as numbers."""
    assert distrust(known, epoch, delivered_id) == reason


def inbox() -> Inbox:
    return Inbox.objects.get(server="primary")


def epoch_there(server: RedisServer) -> str:
    with server.client() as client:
        return (client.get(keys.EPOCH) or b"").decode()


@pytest.mark.django_db(transaction=True)
def test_place_and_epoch_are_in_the_database_and_on_the_server(drain: Drain, shared_redis: RedisServer) -> None:
    """R8: the last entry's id, committed with its trades; a drain that begins anew believes both."""
    append(shared_redis, logged(1), logged(2))
    drain.step()
    with shared_redis.client() as client:
        ((last_id, _),) = client.xrevrange(keys.TRADE_LOG, count=1)
    assert inbox().drained_id == last_id.decode()
    assert inbox().epoch == epoch_there(shared_redis) != ""
    before = inbox().epoch
    with closing(LogConsumer("drain", shared_redis.url)) as consumer:
        assert Drain(consumer, ManualClock()).step() == 0
    assert inbox().epoch == before


def run(drain: Drain, steps: int) -> None:
    """So many turns, as the worker takes them: what fails is waited out, and joining is one."""
    answers = iter([True] * steps + [False])
    drain.run(threading.Event(), lambda: next(answers))


@pytest.mark.django_db(transaction=True)
def test_server_that_comes_back_empty_gets_a_new_epoch(drain: Drain, shared_redis: RedisServer) -> None:
    """R8: what is logged there afterwards is stored, also by a clock that is behind: no old offset is believed."""
    append(shared_redis, logged(1))
    drain.step()
    before = inbox()
    with shared_redis.client() as client:
        client.flushall()
    append(shared_redis, logged(2), entry_id="5-1")
    run(drain, 4)
    assert stored() == [1, 2]
    assert inbox().epoch == epoch_there(shared_redis) != before.epoch
    assert inbox().drained_id == "5-1"


def back_up(server: RedisServer) -> None:
    server.stop()
    server.back_up()
    server.start()


def restore(server: RedisServer) -> None:
    server.stop()
    server.restore()
    server.start()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_written_first", [True, False], ids=["written meanwhile", "quiet"])
def test_server_that_comes_back_with_older_data_gets_a_new_epoch(
    own_redis: RedisServer, clock: ManualClock, is_written_first: bool
) -> None:
    """R8: its append-only file is from before; what it lost is in the database already, what comes is stored once."""
    with closing(LogConsumer("drain", own_redis.url)) as consumer:
        drain = Drain(consumer, clock)
        append(own_redis, logged(1))
        drain.step()
        back_up(own_redis)
        append(own_redis, logged(2), logged(3))
        run(drain, 5)
        before = inbox()
        restore(own_redis)
        with own_redis.client() as client:
            assert client.xlen(keys.TRADE_LOG) == 1
        if is_written_first:
            append(own_redis, logged(4))
        # The old connection fails, or is made anew in silence; a restart of the worker looks again at any rate.
        Drain(consumer, clock).step()
        append(own_redis, logged(5))
        drain_all(Drain(consumer, clock))
    assert stored() == [1, 2, 3, *([4] if is_written_first else []), 5]
    assert inbox().epoch == epoch_there(own_redis) != before.epoch


@pytest.mark.django_db(transaction=True)
def test_restored_log_is_read_again_from_where_it_stands_also_unnoticed(
    own_redis: RedisServer, clock: ManualClock
) -> None:
    """R8: a restart between two calls breaks no call, and loses nothing all the same."""
    with closing(LogConsumer("drain", own_redis.url)) as consumer:
        drain = Drain(consumer, clock)
        append(own_redis, logged(1))
        drain.step()
        back_up(own_redis)
        append(own_redis, logged(2))
        run(drain, 4)
        restore(own_redis)
        append(own_redis, logged(3))
        run(drain, 5)
    assert stored() == [1, 2, 3]


@locks_sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_restarted", [True, False], ids=["new drain", "running drain"])
def test_database_that_is_restored_is_filled_again_from_the_log(
    shared_redis: RedisServer, redis_server: str, drain: Drain, clock: ManualClock, is_restarted: bool
) -> None:
    """D7: every trade of the log's ten minutes is back, and the newest one is there too."""
    append(shared_redis, logged(1), logged(2))
    drain.step()
    backup = sqlite3.connect(":memory:")
    connection.connection.backup(backup)
    append(shared_redis, logged(3), logged(4))
    drain.step()
    assert pending(shared_redis) == 0
    backup.backup(connection.connection)
    assert stored() == [1, 2]
    append(shared_redis, logged(5))
    with closing(LogConsumer("drain", redis_server)) as consumer:
        run(Drain(consumer, clock) if is_restarted else drain, 4)
    assert stored() == [1, 2, 3, 4, 5]


@pytest.mark.django_db(transaction=True)
def test_what_the_log_cannot_give_back_to_a_restored_database_is_told(
    drain: Drain, shared_redis: RedisServer, redis_server: str, clock: ManualClock
) -> None:
    """D7: from when to when; what was read and not stored before a crash is nothing that is missing."""
    hour_ms = 3_600_000
    append(shared_redis, logged(1), entry_id=f"{hour_ms}-0")
    drain.step()
    backup = inbox().drained_id
    append(shared_redis, logged(2), entry_id=f"{2 * hour_ms}-0")
    append(shared_redis, logged(3), entry_id=f"{3 * hour_ms}-0")
    with closing(LogConsumer("drain", redis_server)) as consumer:
        consumer.read(10)
        with shared_redis.client() as client:
            client.xtrim(keys.TRADE_LOG, minid=2 * hour_ms, approximate=False)
        drain_all(Drain(consumer, clock))
        assert not Alert.objects.exists()
        with shared_redis.client() as client:
            client.xtrim(keys.TRADE_LOG, minid=3 * hour_ms, approximate=False)
        Inbox.objects.update(drained_id=backup)
        drain_all(Drain(consumer, clock))
    alert = Alert.objects.get()
    assert (alert.kind, alert.subject) == ("database_restored", "primary")
    assert "from 1970-01-01 01:00:00 to 1970-01-01 03:00:00 UTC" in alert.text


@pytest.mark.django_db(transaction=True)
def test_drain_that_was_overtaken_commits_nothing(
    drain: Drain, shared_redis: RedisServer, redis_server: str, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """W4: it slept while a successor drained on; its place in the log is not the database's any more."""
    drain.step()
    append(shared_redis, logged(1))
    with closing(LogConsumer("drain", redis_server)) as consumer:
        Drain(consumer, clock).step()
    append(shared_redis, logged(2))
    run(drain, 1)
    assert "another place in the log" in caplog.text
    assert stored() == [1]
    append(shared_redis, logged(3))
    run(drain, 4)
    assert stored() == [1, 2, 3]


class IsKilled(LogConsumer):
    """Its process is killed between COMMIT and XACK of its third batch."""

    acknowledged = 0

    def acknowledge(self, ids: list[bytes]) -> None:
        if self.acknowledged == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        self.acknowledged += 1
        super().acknowledge(ids)


def drain_until_killed(url: str) -> None:
    """In a process of its own."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            drain_all(Drain(IsKilled("drain", url), ManualClock()))
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.django_db(transaction=True)
def test_drain_that_is_killed_between_commit_and_acknowledgement_loses_and_doubles_nothing(
    drain: Drain, shared_redis: RedisServer, redis_server: str
) -> None:
    """D8: kill -9, four times; each successor takes the batch over that was committed and not acknowledged."""
    numbers = range(10 * BATCH_SIZE)
    append(shared_redis, *map(logged, numbers))
    for batches in (3, 5, 7, 9):
        drain_until_killed(redis_server)
        assert (len(stored()), pending(shared_redis)) == (batches * BATCH_SIZE, BATCH_SIZE)
    drain_all(drain)
    assert stored() == list(numbers)
    assert pending(shared_redis) == 0


@pytest.mark.django_db
def test_bars_follow_the_primary_while_it_is_drained() -> None:
    """V-10: two drains never make the same bars; ten seconds after the primary's is gone the other one does."""
    assert makes_bars("primary", NOON)
    assert makes_bars("failover", NOON)
    Inbox.objects.create(server="primary", epoch="a", drained_at=NOON)
    assert makes_bars("primary", NOON)
    assert not makes_bars("failover", NOON + timedelta(seconds=9))
    assert makes_bars("failover", NOON + timedelta(seconds=10))
