"""What /health and /redis/status answer. Pure: the system goes in, what is encoded as JSON comes out."""

from datetime import datetime

import msgspec
from django.conf import settings

from dashboard.system.measures import uptime_s
from dashboard.system.system import System, judge
from feeds.storage.latest import FeedState, PriceState
from feeds.storage.servers import FAILOVER, PRIMARY


class Stranger(msgspec.Struct, frozen=True):
    """What anybody is told."""

    status: str


class Health(msgspec.Struct, frozen=True):
    """`status` is healthy, degraded or unhealthy.

    `redis` is up, failover or down; `websocket` is connected, reconnecting or disconnected: what the feed that is shown
    first has of its venues. `last_price` is of its first instrument, from `active_exchange` ("" while none delivers).
    `uptime_s` is of the web process that answers.
    """

    status: str
    redis: str
    websocket: str
    last_price: str | None
    last_price_age_s: float | None
    active_exchange: str
    uptime_s: float
    version: str
    reasons: list[str]
    checked_at: datetime


class ServerStatus(msgspec.Struct, frozen=True):
    """`state` is up, or why it is not well in one word. Times are UTC; counts are of this web process's looks."""

    up: bool
    state: str
    since_at: datetime | None = None
    latency_ms: float | None = None
    failures: int = 0
    looks: int = 0
    last_error: str = ""
    role: str = ""
    memory: int = 0
    memory_max: int = 0


class LogStatus(msgspec.Struct, frozen=True):
    """Of one server: entries that are not stored yet, the age of the first of them, and up to where it is drained."""

    waiting: int
    oldest_s: float
    drained_id: str = ""
    drained_at: datetime | None = None


class SyncStatus(msgspec.Struct, frozen=True):
    """Of newest state to servers that came back: keys to go, when the last copy ended, conflicts of the last copies."""

    pending: int
    last: datetime | None
    conflicts: int


class RedisStatus(msgspec.Struct, frozen=True):
    """`switches` are those of the log, as the worker counts them that runs the feed named first."""

    active: str
    scope: str
    primary: ServerStatus
    failover: ServerStatus | None
    switches: int
    last_switch: datetime | None
    last_reason: str
    dropped: int
    sync: SyncStatus
    log: dict[str, LogStatus | None]
    dead_letters: int | None
    spool: dict[str, int]
    checked_at: datetime


def health_of(system: System, is_staff: bool) -> Health | Stranger:
    status, reasons = judge(system)
    if not is_staff:
        return Stranger(status)
    price, feed = _first(system)
    return Health(
        status=status,
        redis="down" if not system.has_redis else "up" if system.active == PRIMARY else "failover",
        websocket=_websocket(feed),
        last_price=str(price.price) if price else None,
        last_price_age_s=round((system.now - price.seen_at).total_seconds(), 3) if price else None,
        active_exchange=feed.active if feed else "",
        uptime_s=uptime_s(system),
        version=settings.OMEGA_VERSION,
        reasons=reasons,
        checked_at=system.now,
    )


def _first(system: System) -> tuple[PriceState | None, FeedState | None]:
    """The first instrument of the feed that is shown first, as it was known last."""
    followed = system.known.followed if system.known else ()
    if not followed or system.shown is None:
        return None, None
    feed = followed[0][0]
    # What was told by a worker that is gone says nothing of now.
    is_run = feed not in system.unheld
    return system.shown.prices.get(followed[0]), system.shown.feeds.get(feed) if is_run else None


def _websocket(feed: FeedState | None) -> str:
    states = {venue.state for venue in feed.venues} if feed else set()
    return "connected" if "connected" in states else "reconnecting" if "connecting" in states else "disconnected"


def redis_status_of(system: System) -> RedisStatus:
    pair, syncs = system.pair, system.syncs.values()
    servers = {name: _server_status(system, name) for name in system.servers}
    return RedisStatus(
        active=system.active,
        scope=settings.REDIS_FAILOVER_SCOPE,
        primary=servers[PRIMARY],
        failover=servers.get(FAILOVER),
        switches=pair.switches if pair else 0,
        last_switch=pair.last_switch_at if pair else None,
        last_reason=pair.last_reason if pair else "",
        dropped=pair.dropped if pair else 0,
        sync=SyncStatus(
            pending=sum(sync.pending for sync in syncs),
            last=max((sync.finished_at for sync in syncs if sync.finished_at), default=None),
            conflicts=sum(sync.conflicts for sync in syncs),
        ),
        log={name: _log_status(system, name) for name in system.servers},
        dead_letters=system.stored.dead_letters if system.stored else None,
        spool={"bytes": system.spool.size},
        checked_at=system.now,
    )


def _server_status(system: System, server: str) -> ServerStatus:
    seen, why = system.servers[server], system.reason(server)
    if seen is None:
        return ServerStatus(False, why)
    look, is_up = seen.value, seen.is_well(system.now)
    return ServerStatus(
        up=is_up,
        state=why or "up",
        since_at=seen.since_at,
        latency_ms=look.latency_ms if look and is_up else None,
        failures=seen.failures,
        looks=seen.looks,
        last_error=seen.last_error,
        role=look.role if look else "",
        memory=look.memory if look else 0,
        memory_max=look.memory_max if look else 0,
    )


def _log_status(system: System, server: str) -> LogStatus | None:
    """None while the server was never seen."""
    seen = system.servers[server]
    if seen is None or seen.value is None:
        return None
    inbox = system.known.inboxes.get(server) if system.known else None
    place = (inbox.drained_id, inbox.drained_at) if inbox else ("", None)
    return LogStatus(seen.value.waiting, seen.value.oldest_s, *place)
