"""What clients publish is a log of its own: bounded, read by hubs, and nobody else's business."""

import pytest

from feeds.storage import keys, latest
from feeds.storage.drain import Drain
from feeds.storage.live import LiveStore
from feeds.storage.redis import Entry
from tests.feeds.samples import logged
from tests.feeds.storage.log import append, drain_all, stored
from tests.feeds.storage.servers import Servers
from tests.redis_server import RedisServer

LOG = keys.PUBLISHED_LOG


def said(entries: list[Entry]) -> list[bytes]:
    return [fields[keys.PUBLISHED_FIELD] for _, fields in entries]


async def test_what_is_published_is_read_in_order(store: LiveStore) -> None:
    """W-07: from the end of the log, and from an entry on."""
    await store.publish([b"1", b"2"])
    entries = (await store.read_logs({}, 10, LOG))["primary"]
    assert said(entries) == [b"1", b"2"]
    await store.publish([b"3"])
    assert said((await store.read_logs({"primary": entries[-1][0]}, 10, LOG))["primary"]) == [b"3"]


async def test_log_of_what_is_published_is_bounded(store: LiveStore, shared_redis: RedisServer) -> None:
    """A client that never stops publishing fills no server."""
    for _ in range(12):
        await store.publish([b"x"] * 1000)
    with shared_redis.client() as client:
        assert latest.PUBLISHED_KEPT <= client.xlen(LOG) < latest.PUBLISHED_KEPT + 200


async def test_publishing_fails_over(pair_store: LiveStore, redis_pair: Servers) -> None:
    """L-01: it goes on in the other server's log; a reader of both misses nothing, and once more hears nothing."""
    await pair_store.publish([b"1"])
    after = {name: entries[-1][0] if entries else b"0-0" for name, entries in await logs(pair_store)}
    redis_pair[0].stop()
    await pair_store.publish([b"2"])
    (found,) = (await pair_store.read_logs(after, 10, LOG)).values()
    assert said(found) == [b"2"]


async def logs(store: LiveStore) -> list[tuple[str, list[Entry]]]:
    return sorted((await store.read_logs({}, 10, LOG)).items())


@pytest.mark.django_db
def test_drain_leaves_alone_what_is_published(drain: Drain, redis_server: str, shared_redis: RedisServer) -> None:
    """D8: it takes, acknowledges and trims the log of trades, and no other."""
    with shared_redis.client() as client:
        client.xadd(LOG, {keys.PUBLISHED_FIELD: "1"}, id="1-0")
        append(shared_redis, logged(1))
        drain_all(drain)
        assert stored() == [1]
        assert (client.xlen(LOG), client.xinfo_groups(LOG)) == (1, [])
