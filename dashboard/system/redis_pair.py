"""The pair of Redis servers as its panel shows it. Pure: what was seen goes in, the message comes out."""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final

from dashboard.system.messages import Redis, RedisLine
from dashboard.system.system import System
from feeds.storage.latest import FeedState
from feeds.storage.status import ServerStatus

# A rate is that of so many seconds: of one alone it would jump.
RATE_OVER_S: Final = 10.0


def redis_message(seen: System, validated_per_s: float | None) -> Redis:
    pair = seen.pair
    told: Mapping[str, ServerStatus] = pair.servers if pair else {}
    return Redis(
        servers=[_line(seen, name, told.get(name)) for name in seen.servers],
        switches=pair.switches if pair else 0,
        since_at=pair.last_switch_at if pair else None,
        reason=pair.last_reason if pair else "",
        spool=seen.spool.size,
        validated_per_s=validated_per_s,
    )


def _line(seen: System, name: str, told: ServerStatus | None) -> RedisLine:
    server = seen.servers[name]
    look = server.value if server and server.is_well(seen.now) else None
    return RedisLine(
        name=name,
        state=seen.reason(name) or "up",
        is_active=name == seen.active,
        since_at=server.since_at if server else None,
        latency_ms=look.latency_ms if look else None,
        memory=look.memory if look else None,
        memory_max=look.memory_max if look else 0,
        commands_per_s=look.commands_per_s if look else None,
        operations=told.operations if told else None,
        failures=told.failures if told else None,
        waiting=look.waiting if look else None,
        oldest_s=look.oldest_s if look else 0.0,
    )


class Throughput:
    """How many trades were believed per second, by the counts that each feed tells of each venue."""

    def __init__(self) -> None:
        self._counts: deque[tuple[float, dict[tuple[str, str], int]]] = deque()

    def note(self, states: Iterable[FeedState], now: float) -> float | None:
        """Over the last seconds; None before there are two counts. A feed that begins anew counts from 0 again."""
        counts = {(state.feed, venue.venue): venue.accepted for state in states for venue in state.venues}
        self._counts.append((now, counts))
        while len(self._counts) > 2 and now - self._counts[1][0] >= RATE_OVER_S:
            self._counts.popleft()
        began, before = self._counts[0]
        if not counts or now <= began:
            return None
        grown = sum(max(0, count - before.get(each, count)) for each, count in counts.items())
        return round(grown / (now - began), 1)
