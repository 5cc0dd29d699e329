"""One look at one Redis server: what it says of itself, and of what it holds. Blocking; it writes nothing."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from feeds.storage import keys, latest
from feeds.storage.consumer import logged_at
from feeds.storage.redis import OPERATION_TIMEOUT_S, blocking_client, typed_errors
from feeds.storage.servers import FAILOVER, PRIMARY

_SLOW_MS: Final = 250.0
_FILLING_AT: Final = 0.8
# They are written once a second.
_FRESH: Final = timedelta(seconds=5)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class Sync(msgspec.Struct, frozen=True):
    """How newest state is copied to a server that came back; `finished_at` is None meanwhile."""

    server: str
    started_at: datetime
    pending: int = 0
    copied: int = 0
    conflicts: int = 0
    finished_at: datetime | None = None


_decode_sync = msgspec.json.Decoder(Sync).decode


@dataclass(frozen=True)
class ServerLook:
    """`waiting` counts entries of the log that are not in the database yet, `oldest_at` is when the first one came, and
    `oldest_s` how long ago that was.

    Memory is in bytes; `memory_max` is 0 where the server sets no bound. `pair` is how a worker sees the servers, None
    where none told in the last seconds, and `pair_at` is when. `syncs` are the last copies to each server.
    """

    latency_ms: float
    role: str
    policy: str
    memory: int
    memory_max: int
    waiting: int
    oldest_s: float
    oldest_at: datetime | None = None
    pair: latest.PairStatus | None = None
    pair_at: datetime = _NEVER
    syncs: tuple[Sync, ...] = ()

    @property
    def problem(self) -> str:
        """What is wrong with a server that answers, in one word; "" where nothing is."""
        if self.role != "master":
            return "read_only"
        if self.memory_max and self.memory > _FILLING_AT * self.memory_max:
            return "filling"
        if self.memory_max and self.policy != "noeviction":
            return "evicting"
        return "slow" if self.latency_ms > _SLOW_MS else ""


class ServerEye:
    """Keeps one connection. Each look ends within some half seconds, a hung server included."""

    def __init__(self, url: str) -> None:
        self._client: Any = blocking_client(url, OPERATION_TIMEOUT_S)

    def look(self) -> ServerLook:
        """RedisDown where there is no answer."""
        with typed_errors():
            began = time.monotonic()
            # A server that is still loading answers INFO, but no question about what it holds.
            told, *syncs = self._client.mget(keys.PAIR, keys.sync(PRIMARY), keys.sync(FAILOVER))
            latency_ms = (time.monotonic() - began) * 1000
            info = self._client.info()
            now_s = info["server_time_usec"] / 1_000_000
            waiting, oldest = self._undrained()
        pair, pair_at = _pair(told, datetime.fromtimestamp(now_s, UTC))
        return ServerLook(
            latency_ms=round(latency_ms, 1),
            role=info["role"],
            policy=info["maxmemory_policy"],
            memory=info["used_memory"],
            memory_max=info["maxmemory"],
            waiting=waiting,
            oldest_s=max(0.0, round(now_s - oldest.timestamp(), 1)) if oldest else 0.0,
            oldest_at=oldest,
            pair=pair,
            pair_at=pair_at,
            syncs=tuple(sync for value in syncs if value and (sync := _sync(value))),
        )

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
        # Redis does not count after somebody set the group's place by hand; then one is known to wait, or none.
        unread = group["lag"] if group["lag"] is not None else int(oldest is not None)
        return group["pending"] + unread, oldest

    def _first_from(self, start: bytes) -> datetime | None:
        entries = self._client.xrange(keys.TRADE_LOG, min=start, count=1)
        return logged_at(entries[0][0]) if entries else None


def _pair(value: bytes | None, now: datetime) -> tuple[latest.PairStatus | None, datetime]:
    """How a worker sees the servers, and when it said so."""
    try:
        told = latest.decode_by_hand(value) if value else None
    except msgspec.DecodeError:
        told = None
    if told is None or now - told.at >= _FRESH or not isinstance(told.v, latest.PairStatus):
        return None, _NEVER
    return told.v, told.at


def _sync(value: bytes) -> Sync | None:
    try:
        return _decode_sync(value)
    except msgspec.DecodeError:
        return None


def _is_ours(group: Mapping[str, Any]) -> bool:
    return bool(group["name"] == keys.TRADE_LOG_GROUP.encode())
