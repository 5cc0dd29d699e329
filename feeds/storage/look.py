"""One look at one Redis server: what it says of itself, and of what it holds. Blocking; it writes nothing."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from feeds.storage import keys, status
from feeds.storage.consumer import logged_at
from feeds.storage.counts import Counts
from feeds.storage.counts import decode as decode_counts
from feeds.storage.market_look import Followed, ServerMarket, read_market
from feeds.storage.redis import OPERATION_TIMEOUT_S, blocking_client, typed_errors
from feeds.storage.servers import FAILOVER, PRIMARY

_SLOW_MS: Final = 250.0
_FILLING_AT: Final = 0.8
# They are written once a second.
_FRESH: Final = timedelta(seconds=5)


class PairTold(NamedTuple):
    """How a worker sees the servers, and when it said so."""

    status: status.PairStatus
    at: datetime


@dataclass(frozen=True)
class ServerLook:
    """`waiting` counts entries of the log that are not in the database yet, `oldest_at` is when the first one came, and
    `oldest_s` how long ago that was.

    Memory is in bytes; `memory_max` is 0 where the server sets no bound, `policy` "" where it does not tell.
    `commands_per_s` is what all programs together ask of it. `pair` is
    what a worker says of the servers, None where none told in the last seconds. `syncs` are the last copies to each
    server. `counts` are what all processes counted, as far as they told this server; `market` what it holds of now.
    """

    latency_ms: float
    role: str
    policy: str
    memory: int
    memory_max: int
    waiting: int
    oldest_s: float
    oldest_at: datetime | None = None
    commands_per_s: int | None = None
    pair: PairTold | None = None
    syncs: tuple[status.SyncStatus, ...] = ()
    counts: Counts = field(default_factory=dict)
    market: ServerMarket | None = None

    @property
    def problem(self) -> str:
        """What is wrong with a server that answers, in one word; "" where nothing is."""
        if self.role != "master":
            return "read_only"
        if self.memory_max and self.memory >= self.memory_max:
            return "full"
        if self.memory_max and self.memory > _FILLING_AT * self.memory_max:
            return "filling"
        if self.memory_max and self.policy not in ("noeviction", ""):
            return "evicting"
        return "slow" if self.latency_ms > _SLOW_MS else ""


class ServerEye:
    """Keeps one connection. Each look ends within some half seconds, a hung server included."""

    def __init__(self, url: str) -> None:
        self._client: Any = blocking_client(url, OPERATION_TIMEOUT_S)

    def look(self, followed: Followed = ()) -> ServerLook:
        """RedisDown where there is no answer."""
        with typed_errors():
            began = time.monotonic()
            # A server that is still loading answers INFO, but no question about what it holds.
            told, *syncs = self._client.mget(keys.PAIR, keys.sync(PRIMARY), keys.sync(FAILOVER))
            latency_ms = (time.monotonic() - began) * 1000
            info = self._client.info()
            # Some proxies and managed servers tell less of themselves.
            now_s = info["server_time_usec"] / 1_000_000 if "server_time_usec" in info else time.time()
            waiting, oldest = self._undrained()
            counted, market = self._client.hgetall(keys.COUNTS), read_market(self._client, followed)
        return ServerLook(
            latency_ms=round(latency_ms, 1),
            role=info.get("role", "master"),
            policy=info.get("maxmemory_policy", ""),
            memory=info.get("used_memory", 0),
            memory_max=info.get("maxmemory", 0),
            waiting=waiting,
            oldest_s=max(0.0, round(now_s - oldest.timestamp(), 1)) if oldest else 0.0,
            oldest_at=oldest,
            commands_per_s=info.get("instantaneous_ops_per_sec"),
            pair=_pair(told, datetime.fromtimestamp(now_s, UTC)),
            syncs=tuple(sync for value in syncs if value and (sync := _sync(value))),
            counts=decode_counts(counted),
            market=market,
        )

    def close(self) -> None:
        self._client.close()

    def _undrained(self) -> tuple[int, datetime | None]:
        """How many entries of the log are not committed, and when the first of them came."""
        if not self._client.exists(keys.TRADE_LOG):
            return 0, None
        groups = [group for group in self._client.xinfo_groups(keys.TRADE_LOG) if _is_ours(group)]
        if not groups:
            return self._client.xlen(keys.TRADE_LOG), self._first_from(b"-")
        (group,) = groups
        if group["pending"]:
            pending = self._client.xpending(keys.TRADE_LOG, keys.TRADE_LOG_GROUP)["min"]
            oldest = logged_at(pending) if pending else None
        else:
            oldest = self._first_from(b"(" + group["last-delivered-id"])
        # Before version 7, and after somebody set the group's place by hand, Redis does not count; then one is known to
        # wait, or none.
        lag = group.get("lag")
        return group["pending"] + (int(oldest is not None) if lag is None else lag), oldest

    def _first_from(self, start: bytes) -> datetime | None:
        entries = self._client.xrange(keys.TRADE_LOG, min=start, count=1)
        return logged_at(entries[0][0]) if entries else None


def _pair(value: bytes | None, now: datetime) -> PairTold | None:
    try:
        told = status.decode_by_hand(value) if value else None
    except msgspec.DecodeError:
        return None
    if told is None or not isinstance(told.v, status.PairStatus) or now - told.at >= _FRESH:
        return None
    return PairTold(told.v, told.at)


def _sync(value: bytes) -> status.SyncStatus | None:
    try:
        return status.decode_sync(value)
    except msgspec.DecodeError:
        return None


def _is_ours(group: Mapping[str, Any]) -> bool:
    return bool(group["name"] == keys.TRADE_LOG_GROUP.encode())
