"""Who listens, as every process tells it to real Redis servers, and as all of them are read together."""

from feeds.storage import keys, latest
from feeds.storage.live import LiveStore
from tests.feeds.storage.servers import Servers
from tests.redis_server import RedisServer


def age(server: RedisServer, process: str, seconds: float, content: str = "old") -> None:
    """As if the process had told this so long ago, by the server's clock."""
    with server.client() as client:
        now_s, _ = client.time()
        client.hset(keys.CLIENTS, process, f"{int((now_s - seconds) * 1000)} {content}")


async def test_newest_of_each_process_is_read(store: LiveStore) -> None:
    """W-11: each process tells all of its own, over what it told before, and takes it back with its last client."""
    for process, content in (("b", b"1"), ("a", b"2"), ("b", b"3 \xff")):
        await store.tell_clients(process, content)
    assert await store.read_clients() == [b"2", b"3 \xff"]
    await store.forget_clients("b")
    assert await store.read_clients() == [b"2"]


async def test_process_that_was_killed_is_forgotten(store: LiveStore, shared_redis: RedisServer) -> None:
    """W-11: it is read no more after ten seconds, and the next one that tells drops it; the last one goes by itself."""
    age(shared_redis, "killed", latest.CLIENTS_KEPT_S + 1)
    age(shared_redis, "slow", latest.CLIENTS_KEPT_S - 2)
    assert await store.read_clients() == [b"old"]
    await store.tell_clients("web", b"new")
    with shared_redis.client() as client:
        assert set(client.hkeys(keys.CLIENTS)) == {b"slow", b"web"}
        assert 0 < client.pttl(keys.CLIENTS) <= latest.CLIENTS_KEPT_S * 1000


async def test_what_is_written_by_hand_keeps_nothing_out(store: LiveStore, shared_redis: RedisServer) -> None:
    """M-12: it is not read, and goes with the next that is told."""
    with shared_redis.client() as client:
        client.hset(keys.CLIENTS, "by hand", "no time")
    assert await store.read_clients() == []
    await store.tell_clients("web", b"new")
    assert await store.read_clients() == [b"new"]


async def test_clients_are_known_while_a_server_is_away(pair_store: LiveStore, redis_pair: Servers) -> None:
    """L-01: both servers are told; what one of them heard last counts, whichever clock it goes by."""
    primary, failover = redis_pair
    await pair_store.tell_clients("web", b"new")
    age(primary, "web", 5)
    assert await pair_store.read_clients() == [b"new"]
    primary.stop()
    assert await pair_store.read_clients() == [b"new"]
    await pair_store.tell_clients("web", b"newer")
    assert await pair_store.read_clients() == [b"newer"]
