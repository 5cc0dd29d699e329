"""What one look at a Redis server tells, by a real server."""

import pytest

from feeds.storage import keys
from feeds.storage.look import ServerEye
from feeds.storage.redis import RedisDown
from tests.redis_server import RedisServer


def log(server: RedisServer, count: int) -> None:
    with server.client() as client:
        for _ in range(count):
            client.xadd(keys.TRADE_LOG, {"trade": "x"})


def read(server: RedisServer, count: int) -> list[bytes]:
    """Reads as the drain does, and does not acknowledge."""
    with server.client() as client:
        if not client.exists(keys.TRADE_LOG) or not client.xinfo_groups(keys.TRADE_LOG):
            client.xgroup_create(keys.TRADE_LOG, keys.TRADE_LOG_GROUP, id="0", mkstream=True)
        answer = client.xreadgroup(keys.TRADE_LOG_GROUP, "drain", {keys.TRADE_LOG: ">"}, count=count)
        return [entry_id for _, entries in answer for entry_id, _ in entries]


def test_an_empty_server_has_nothing_that_waits(own_redis: RedisServer) -> None:
    """L-05: it is up, quick, a master, and keeps what it is given."""
    look = ServerEye(own_redis.url).look()
    assert (look.waiting, look.oldest_s, look.problem, look.role) == (0, 0.0, "", "master")
    assert (look.pair, look.syncs) == (None, ())


def test_what_waits_is_counted_until_it_is_acknowledged(own_redis: RedisServer) -> None:
    """Unread, or read and not committed: both are not in the database yet."""
    eye = ServerEye(own_redis.url)
    log(own_redis, 5)
    assert eye.look().waiting == 5
    taken = read(own_redis, 3)
    assert eye.look().waiting == 5
    with own_redis.client() as client:
        client.xack(keys.TRADE_LOG, keys.TRADE_LOG_GROUP, *taken)
    assert eye.look().waiting == 2
    with own_redis.client() as client:
        client.xack(keys.TRADE_LOG, keys.TRADE_LOG_GROUP, *read(own_redis, 3))
    assert (eye.look().waiting, eye.look().oldest_s) == (0, 0.0)


def test_how_long_the_first_waits_is_by_the_servers_clock(own_redis: RedisServer) -> None:
    """An entry of a minute ago, and one of now: the first one counts, whether it was read or not."""
    with own_redis.client() as client:
        seconds, _ = client.time()
        client.xadd(keys.TRADE_LOG, {"trade": "x"}, id=f"{(seconds - 60) * 1000}-0")
    log(own_redis, 1)
    eye = ServerEye(own_redis.url)
    assert eye.look().oldest_s == pytest.approx(60, abs=3)
    read(own_redis, 2)
    assert eye.look().oldest_s == pytest.approx(60, abs=3)


def test_a_place_that_was_set_by_hand_hides_no_backlog(own_redis: RedisServer) -> None:
    """D7: Redis does not count then; that something waits is known all the same."""
    log(own_redis, 4)
    read(own_redis, 4)
    with own_redis.client() as client:
        first, *_ = client.xrange(keys.TRADE_LOG, count=1)
        client.xack(keys.TRADE_LOG, keys.TRADE_LOG_GROUP, *(each for each, _ in client.xrange(keys.TRADE_LOG)))
        client.xgroup_setid(keys.TRADE_LOG, keys.TRADE_LOG_GROUP, first[0])
    assert ServerEye(own_redis.url).look().waiting >= 1


def test_a_replica_is_read_only(own_redis: RedisServer) -> None:
    """R5: it answers, and still is not well."""
    other = RedisServer()
    with other.client() as client:
        client.execute_command("REPLICAOF", "127.0.0.1", "9")
    assert ServerEye(other.url).look().problem == "read_only"
    other.remove()


def test_a_server_that_could_drop_the_log_is_named(own_redis: RedisServer) -> None:
    """R4: with a bound on its memory and any policy but noeviction it would forget trades."""
    with own_redis.client() as client:
        client.config_set("maxmemory", "100mb")
        client.config_set("maxmemory-policy", "allkeys-lru")
    assert ServerEye(own_redis.url).look().problem == "evicting"


def test_no_server_is_a_typed_failure(own_redis: RedisServer) -> None:
    """R15: refused, in words without a secret."""
    eye = ServerEye(own_redis.url)
    own_redis.stop()
    with pytest.raises(RedisDown) as caught:
        eye.look()
    assert caught.value.reason == "refused"
