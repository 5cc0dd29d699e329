"""The log drains into the database: committed first, acknowledged second."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import redis
from django.db import InterfaceError, InternalError, connection, connections

from feeds.models import DeadLetter, Trade
from feeds.storage import keys, latest
from feeds.storage.consumer import LogConsumer
from feeds.storage.drain import BATCH_SIZE, CLAIM_EVERY_S, Drain
from tests.clock import ManualClock
from tests.feeds.samples import logged
from tests.feeds.sqlite_lock import be_impatient, locks_sqlite, write_lock
from tests.feeds.storage.log import DiesBeforeAcknowledging, Killed, append, drain_all, pending, stored
from tests.redis_server import RedisServer
from tests.waiting import wait_in_thread_until

pytestmark = pytest.mark.django_db(transaction=True)


def test_trades_become_rows_exactly(drain: Drain, shared_redis: RedisServer) -> None:
    """F-22: every field as it was logged, decimals with all their zeros."""
    sent = logged(1, price="58001.03000000")
    append(shared_redis, sent)
    assert drain.step() == 1
    row = Trade.objects.get()
    fields = ("price", "size", "side", "trade_id", "traded_at", "received_at")
    assert [getattr(row, name) for name in fields] == [getattr(sent, name) for name in fields]
    assert (row.venue_id, row.instrument_id, str(row.price)) == ("binance", "BTC-USDT", "58001.03000000")
    # By the database's clock, which is not that of the test.
    assert abs((datetime.now(UTC) - row.recorded_at).total_seconds()) < 60
    assert pending(shared_redis) == 0


def test_large_log_takes_several_batches(drain: Drain, shared_redis: RedisServer) -> None:
    """F-22: 500 rows at a time, and an empty log moves nothing."""
    append(shared_redis, *(logged(number) for number in range(600)))
    assert [drain.step() for _ in range(3)] == [500, 100, 0]
    assert stored() == list(range(600))


def test_crash_between_commit_and_acknowledgement_loses_and_doubles_nothing(
    shared_redis: RedisServer, redis_server: str, drain: Drain, clock: ManualClock
) -> None:
    """D8: the entries are delivered again to the successor, and the rows stay as they are."""
    append(shared_redis, logged(1), logged(2))
    with closing(DiesBeforeAcknowledging("dead", redis_server)) as dying, pytest.raises(Killed):
        Drain(dying, clock).step()
    assert (stored(), pending(shared_redis)) == ([1, 2], 2)
    assert drain.step() == 2
    assert (stored(), pending(shared_redis)) == ([1, 2], 0)


def test_leftovers_come_before_new_entries(shared_redis: RedisServer, redis_server: str, drain: Drain) -> None:
    """D8: what a dead consumer had read is stored first."""
    append(shared_redis, logged(1))
    with closing(LogConsumer("dead", redis_server)) as dead:
        dead.join()
        dead.read(10)
    append(shared_redis, logged(2))
    drain.step()
    assert stored() == [1]
    drain.step()
    assert stored() == [1, 2]


def test_same_trade_twice_is_one_row(drain: Drain, shared_redis: RedisServer) -> None:
    """E25: in one batch and in two."""
    append(shared_redis, logged(1), logged(1))
    drain.step()
    append(shared_redis, logged(1))
    drain.step()
    assert (stored(), pending(shared_redis)) == ([1], 0)


def test_what_somebody_else_read_after_the_start_is_stored_in_the_end(
    drain: Drain, shared_redis: RedisServer, redis_server: str, clock: ManualClock
) -> None:
    """W4 D8: a drain that lost its lease while it read; every thirty seconds, what is as old is taken over."""
    drain.step()
    append(shared_redis, logged(1), logged(2))
    with closing(LogConsumer("late", redis_server)) as late:
        ids = [entry_id for entry_id, _ in late.read(10)]
    append(shared_redis, logged(3))
    drain_all(drain)
    assert stored() == [3]
    with shared_redis.client() as client:
        client.xclaim(keys.TRADE_LOG, keys.TRADE_LOG_GROUP, "late", 0, ids[1:], idle=int(CLAIM_EVERY_S * 1000))
    asyncio.run(clock.advance(CLAIM_EVERY_S))
    drain_all(drain)
    assert drain.step() == 1
    assert (stored(), pending(shared_redis)) == ([2, 3], 1)


def test_drain_asks_for_its_lease_between_joining_and_reading(drain: Drain, shared_redis: RedisServer) -> None:
    """W4: to join may take longer than the lease lasts; what is in the log then is the successor's."""
    append(shared_redis, logged(1))
    answers = iter([True, False])
    drain.run(threading.Event(), lambda: next(answers))
    assert (stored(), pending(shared_redis)) == ([], 0)


def test_connection_that_broke_is_made_anew(drain: Drain, shared_redis: RedisServer) -> None:
    """D3: Django says so in an error that is no DatabaseError."""
    broken = iter([True])

    def break_once(execute: Callable[..., object], *sent: object) -> object:
        if next(broken, False):
            raise InterfaceError("the connection is closed")
        return execute(*sent)

    append(shared_redis, logged(1))
    answers = iter([True] * 4 + [False])
    with connection.execute_wrapper(break_once):
        drain.run(threading.Event(), lambda: next(answers))
    assert next(broken, False) is False
    assert stored() == [1]


@locks_sqlite
def test_drain_waits_out_a_locked_database(drain: Drain, shared_redis: RedisServer) -> None:
    """D8: nothing is acknowledged or set aside meanwhile, and everything is stored afterwards."""
    drain.step()
    append(shared_redis, logged(1))
    be_impatient()

    def turns() -> Iterator[bool]:
        with write_lock():
            yield True
            assert pending(shared_redis) == 1
        # It joins again, and asks before it goes on.
        yield True
        yield True
        yield False

    turn = turns()
    drain.run(threading.Event(), lambda: next(turn))
    assert (stored(), pending(shared_redis)) == ([1], 0)


def test_trim_comes_every_ten_seconds(drain: Drain, shared_redis: RedisServer, clock: ManualClock) -> None:
    """The log is kept for ten minutes by the drain's clock, in whole blocks of 100 entries."""
    long_ago = int(clock.now().timestamp() * 1000) - 3_600_000
    with shared_redis.client() as client:
        for number in range(300):
            fields = {keys.TRADE_FIELD: latest.encode(logged(number))}
            client.xadd(keys.TRADE_LOG, fields, id=f"{long_ago + number}-0")
        drain.step()
        assert client.xlen(keys.TRADE_LOG) <= 100
    assert len(stored()) == 300


def in_thread(target: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            target()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_drain_resumes_after_an_outage_of_redis(own_redis: RedisServer, clock: ManualClock) -> None:
    """R1: stopped and started again, the drain goes on by itself until it is told to stop."""
    stop = threading.Event()
    with closing(LogConsumer("drain", own_redis.url)) as consumer:
        thread = in_thread(lambda: Drain(consumer, clock).run(stop, lambda: True))
        append(own_redis, logged(1))
        wait_in_thread_until(lambda: stored() == [1])
        own_redis.stop()
        own_redis.start()
        append(own_redis, logged(2))
        wait_in_thread_until(lambda: stored() == [1, 2])
        stop.set()
        thread.join(5)
    assert not thread.is_alive()


def test_drain_ends_when_its_lease_is_lost(drain: Drain, shared_redis: RedisServer) -> None:
    """W5: it asks before each batch."""
    append(shared_redis, logged(1), logged(2, price="0.5"))
    answers = iter([True, True, False])
    drain.run(threading.Event(), lambda: next(answers))
    assert stored() == [1, 2]
    assert Trade.objects.get(trade_id="2").price == Decimal("0.5")


def refuse_writes(execute: Callable[..., object], sql: str, *rest: object) -> object:
    """What PostgreSQL answers while it is a read-only standby."""
    if sql.startswith("INSERT"):
        raise InternalError("cannot execute INSERT in a read-only transaction")
    return execute(sql, *rest)


def test_database_in_trouble_is_waited_for_and_no_trade_is_set_aside(drain: Drain, shared_redis: RedisServer) -> None:
    """D3: only a fault of the row itself moves it out of the way; here everything is stored afterwards."""
    append(shared_redis, *map(logged, range(20)))
    with connection.execute_wrapper(refuse_writes), pytest.raises(InternalError):
        drain.step()
    assert not DeadLetter.objects.exists()
    with closing(LogConsumer("drain", shared_redis.url)) as consumer:
        Drain(consumer, ManualClock()).step()
    assert stored() == list(range(20))


def test_server_without_memory_is_drained(own_redis: RedisServer, clock: ManualClock) -> None:
    """R4: it takes nothing any more, neither a status nor a new group, and its log is stored and acknowledged."""
    with closing(LogConsumer("drain", own_redis.url)) as consumer, own_redis.client() as client:
        Drain(consumer, clock).step()
        append(own_redis, *map(logged, range(BATCH_SIZE + 10)))
        client.config_set("maxmemory", 1)
        with pytest.raises(redis.ResponseError, match="OOM|maxmemory"):
            client.set("one more", b"")
        drain = Drain(consumer, clock)
        assert [drain.step() for _ in range(3)] == [BATCH_SIZE, 10, 0]
    assert len(stored()) == BATCH_SIZE + 10
    assert pending(own_redis) == 0
