"""What a Redis of somebody else's has to be, seen at the start."""

import re

import pytest
import redis

from omega_site.redis_addresses import Server
from omega_site.redis_check import refuse_unfit
from omega_site.start_error import StartError
from tests.redis_server import RedisServer

Pair = tuple[RedisServer, RedisServer]


def configure(server: RedisServer, maxmemory: str = "1gb", policy: str = "noeviction") -> None:
    with server.client() as client:
        client.config_set("maxmemory", maxmemory)
        client.config_set("maxmemory-policy", policy)


def urls(pair: Pair) -> dict[Server, str]:
    return dict(zip(Server, (server.url for server in pair), strict=True))


def test_sound_pair_is_let_through(redis_pair: Pair) -> None:
    """L-09: two servers that refuse when they are full."""
    for server in redis_pair:
        configure(server)
    refuse_unfit(urls(redis_pair))


@pytest.mark.parametrize("unfit", [0, 1])
def test_server_that_forgets_is_refused(redis_pair: Pair, unfit: int) -> None:
    """R4: what is acknowledged must not be evicted, on either server."""
    configure(redis_pair[1 - unfit])
    configure(redis_pair[unfit], policy="allkeys-lru")
    with pytest.raises(StartError, match=rf"The {[*Server][unfit]} Redis forgets .* allkeys-lru. Set it to noeviction"):
        refuse_unfit(urls(redis_pair))


def test_server_without_a_limit_is_refused(redis_pair: Pair) -> None:
    """R4: one that never refuses is killed by its system in the end."""
    configure(redis_pair[0])
    configure(redis_pair[1], maxmemory="0")
    with pytest.raises(StartError, match="The failover Redis has no maxmemory"):
        refuse_unfit(urls(redis_pair))


def test_one_server_under_two_names_is_refused(own_redis: RedisServer) -> None:
    """L-09: whatever the names are, a server says itself which one it is."""
    configure(own_redis)
    other_name = re.sub("redis.sock$", "./redis.sock", own_redis.url)
    with redis.Redis.from_url(other_name) as client:
        assert client.ping()
    with pytest.raises(StartError, match="lead to one and the same server"):
        refuse_unfit({Server.PRIMARY: own_redis.url, Server.FAILOVER: other_name})


def test_server_that_is_away_stops_nobody(redis_pair: Pair) -> None:
    """W12: the site starts without it, and without a second one."""
    configure(redis_pair[1])
    redis_pair[0].stop()
    refuse_unfit(urls(redis_pair))
    refuse_unfit({Server.PRIMARY: redis_pair[1].url, Server.FAILOVER: ""})
