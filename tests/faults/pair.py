"""A stage whose log has two Redis servers, which a row may kill and freeze."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import redis
from django.test import override_settings

from feeds.storage import keys, latest
from tests.faults.ground import Ground
from tests.faults.stage import Stage, stage
from tests.feeds.storage.log import trades_of
from tests.redis_server import RedisServer

# Three venues are recorded: 300 trades a second.
TRADE_EVERY_S = 0.01


@dataclass(frozen=True)
class Servers:
    """The pair, and the folder in which the log waits while both are away."""

    primary: RedisServer
    failover: RedisServer
    spool: Path

    def is_failover_written(self) -> bool:
        with self.failover.client() as client:
            return bool(client.xlen(keys.TRADE_LOG))

    def is_primary_frozen(self) -> bool:
        with redis.Redis.from_url(self.primary.url, socket_timeout=0.2) as client:
            try:
                client.ping()
            except redis.TimeoutError:
                return True
            return False

    def spooled_bytes(self) -> int:
        return sum(file.stat().st_size for file in self.spool.glob("*") if file.is_file())


@asynccontextmanager
async def both_redis(ground: Ground) -> AsyncIterator[tuple[Stage, Servers]]:
    """The ground's own server is not used: it is there for the next row too."""
    primary, failover = RedisServer(), RedisServer()
    try:
        with TemporaryDirectory(prefix="spool-") as folder, override_settings(SPOOL_DIR=Path(folder)):
            servers = Servers(primary, failover, Path(folder))
            grounded = replace(ground, redis_url=primary.url, failover_url=failover.url)
            async with stage(grounded, trade_every=TRADE_EVERY_S) as on:
                yield on, servers
    finally:
        primary.remove()
        failover.remove()


def slowest_write(servers: Servers) -> float | None:
    """Seconds from when a trade came until a server had it, of the slowest one; an entry's id is when it was added."""
    delays: dict[latest.LoggedTrade, float] = {}
    for server in (servers.primary, servers.failover):
        with server.client() as client:
            for entry in client.xrange(keys.TRADE_LOG):
                for trade in trades_of([entry]):
                    delay = int(entry[0].split(b"-")[0]) / 1000 - trade.received_at.timestamp()
                    delays[trade] = min(delay, delays.get(trade, delay))
    return max((delay for trade, delay in delays.items() if not trade.is_backfill), default=None)
