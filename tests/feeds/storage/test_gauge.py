"""How far a log is drained is told, and a server that fills up or may forget raises an alert."""

import asyncio
from contextlib import closing

import pytest

from feeds.models import Alert
from feeds.storage import keys, latest, status
from feeds.storage.consumer import LogConsumer, Memory
from feeds.storage.drain import BATCH_SIZE, Drain
from feeds.storage.gauge import FORGETS, FULL, Gauge, alarms, clear_unknown
from tests.clock import ManualClock
from tests.feeds.samples import logged
from tests.feeds.storage.log import append
from tests.redis_server import RedisServer

pytestmark = pytest.mark.django_db(transaction=True)


def memory(part: int, policy: str = "noeviction") -> Memory:
    return Memory(part, 100, policy)


@pytest.mark.parametrize(
    ("told", "raised", "kinds"),
    [
        (memory(50), {}, []),
        (memory(51), {}, [FULL]),
        (memory(40), {FULL: 1}, [FULL]),
        (memory(39), {FULL: 1}, []),
        (Memory(10**9, 0, "noeviction"), {}, []),
        (memory(1, "allkeys-lru"), {}, [FORGETS]),
        (memory(51, "volatile-ttl"), {}, [FULL, FORGETS]),
    ],
)
def test_alarm_comes_above_half_and_goes_below_two_fifths(
    told: Memory, raised: dict[str, object], kinds: list[str]
) -> None:
    """R4: in between, what is raised stays; a server without a limit of its own has none to reach."""
    assert list(alarms(told, raised)) == kinds


def standing() -> dict[str, str]:
    """Alerts that are not over, by kind."""
    return {alert.kind: alert.subject for alert in Alert.objects.filter(feed=None, cleared_at=None)}


def test_alerts_of_a_server_are_raised_once_and_cleared(own_redis: RedisServer, clock: ManualClock) -> None:
    """R4: rows without a feed; the first words of each stand until it is over."""
    with closing(LogConsumer("drain", own_redis.url)) as consumer, own_redis.client() as client:
        consumer.join()
        gauge = Gauge("failover", consumer, clock)
        client.config_set("maxmemory", 2 * consumer.memory().used - 1000)
        client.config_set("maxmemory-policy", "allkeys-lru")
        for _ in range(2):
            gauge.tell()
            assert standing() == {FULL: "failover", FORGETS: "failover"}
        client.config_set("maxmemory", 10 * consumer.memory().used)
        client.config_set("maxmemory-policy", "noeviction")
        gauge.tell()
        assert standing() == {}
        assert Alert.objects.count() == 2


def test_alerts_of_a_server_that_is_there_no_more_are_cleared(clock: ManualClock) -> None:
    """R4: it was taken out of the settings; what stands about the others stays."""
    for server in ("primary", "failover"):
        Alert.objects.create(kind=FULL, subject=server, text="x", raised_at=clock.now())
    clear_unknown(["primary"], clock.now())
    assert standing() == {FULL: "primary"}


def test_status_says_what_is_not_drained_yet(drain: Drain, shared_redis: RedisServer, clock: ManualClock) -> None:
    """L-14: what was read, what waits behind it, and how many a second are stored; gone when nobody renews it."""
    append(shared_redis, *map(logged, range(2 * BATCH_SIZE + 100)))
    drain.step()
    clock_at = clock.now()
    with shared_redis.client() as client:
        told = status.decode_drain(client.get(keys.drain("primary")) or b"")
        assert told == status.DrainStatus("primary", pending=0, backlog=BATCH_SIZE + 100, rows_per_s=0.0, at=clock_at)
        assert 0 < client.ttl(keys.drain("primary")) <= latest.STATE_TTL_S
        asyncio.run(clock.advance(2))
        drain.step()
        told = status.decode_drain(client.get(keys.drain("primary")) or b"")
    assert (told.backlog, told.rows_per_s) == (100, BATCH_SIZE / 2)
