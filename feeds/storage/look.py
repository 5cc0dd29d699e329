"""One look at one Redis server: what it says of itself, and of what it holds. Blocking; it writes nothing."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from feeds.storage import keys
from feeds.storage.redis import OPERATION_TIMEOUT_S, blocking_client, typed_errors

_SLOW_MS: Final = 250.0
_FILLING_AT: Final = 0.8


@dataclass(frozen=True)
class ServerLook:
    """`waiting` counts entries of the log that are not in the database yet, `oldest_s` is the age of the first one.

    Memory is in bytes; `memory_max` is 0 where the server sets no bound.
    """

    latency_ms: float
    role: str
    policy: str
    memory: int
    memory_max: int
    waiting: int
    oldest_s: float

    @property
    def problem(self) -> str:
        """What is wrong with a server that answers, in one word; "" where nothing is."""
        if self.role != "master":
            return "read_only"
        if self.memory_max and self.memory > _FILLING_AT * self.memory_max:
            return "filling"
        if self.policy != "noeviction":
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
            self._client.exists(keys.TRADE_LOG)
            latency_ms = (time.monotonic() - began) * 1000
            info = self._client.info()
            waiting, oldest_s = self._undrained(info["server_time_usec"] / 1_000_000)
        return ServerLook(
            latency_ms=round(latency_ms, 1),
            role=info["role"],
            policy=info["maxmemory_policy"],
            memory=info["used_memory"],
            memory_max=info["maxmemory"],
            waiting=waiting,
            oldest_s=oldest_s,
        )

    def _undrained(self, now_s: float) -> tuple[int, float]:
        """How many entries of the log are not committed, and for how long the first of them has waited."""
        if not self._client.exists(keys.TRADE_LOG):
            return 0, 0.0
        groups = [group for group in self._client.xinfo_groups(keys.TRADE_LOG) if _is_ours(group)]
        if not groups:
            return self._client.xlen(keys.TRADE_LOG), self._age_after(b"-", now_s)
        (group,) = groups
        if group["pending"]:
            oldest = self._client.xpending(keys.TRADE_LOG, keys.TRADE_LOG_GROUP)["min"]
            age_s = _age(oldest, now_s) if oldest else 0.0
        else:
            age_s = self._age_after(b"(" + group["last-delivered-id"], now_s)
        # Redis does not count after somebody set the group's place by hand; then one is known to wait, or none.
        unread = group["lag"] if group["lag"] is not None else int(age_s > 0)
        return group["pending"] + unread, age_s

    def _age_after(self, start: bytes, now_s: float) -> float:
        entries = self._client.xrange(keys.TRADE_LOG, min=start, count=1)
        return _age(entries[0][0], now_s) if entries else 0.0


def _is_ours(group: Mapping[str, Any]) -> bool:
    return bool(group["name"] == keys.TRADE_LOG_GROUP.encode())


def _age(entry_id: bytes, now_s: float) -> float:
    """By the server's clock, which also makes the ids of its entries."""
    return max(0.0, round(now_s - int(entry_id.split(b"-")[0]) / 1000, 1))
