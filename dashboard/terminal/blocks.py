"""What the screen says, as six blocks of lines. Pure: what was heard goes in. Colour only repeats what words say."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from dashboard.system.health import Health, RedisStatus, ServerStatus
from dashboard.system.metrics import Metrics, VenueFigures
from dashboard.system.system import DEGRADED, HEALTHY
from dashboard.terminal.contact import Contact
from dashboard.terminal.words import (
    NOBODY_KNOWS,
    count,
    duration,
    milliseconds,
    older,
    percent,
    price,
    rate,
    since,
    size,
)
from feeds.errors import printable

# The same five seconds as on the pages.
STALE_AFTER_S: Final = 5.0


class Tone(StrEnum):
    """As rich calls it."""

    PLAIN = ""
    GOOD = "green"
    WARNING = "yellow"
    BAD = "bold red"
    FAINT = "dim"


class Line(NamedTuple):
    label: str
    text: str
    tone: Tone = Tone.PLAIN


class Block(NamedTuple):
    title: str
    lines: list[Line]


STATUS: Final = "Status"
PERFORMANCE: Final = "Performance, ms p50/p95/p99"
_TONES: Final = {HEALTHY: Tone.GOOD, DEGRADED: Tone.WARNING}
_UNTOLD: Final = Line("", "only told to who shows a token", Tone.FAINT)
_UNHEARD: Final = Line("", NOBODY_KNOWS, Tone.FAINT)
_VENUE_TITLES: Final = [
    *("Venue", "State", "Age", "Redis ms", "Received", "Accepted", "Held back", "Rejected", "Reconnects", "Limit used")
]
# The way of a trade, the two that matter most first.
_HOPS: Final = {
    "venue": "from venue",
    "log": "to Redis",
    "accept": "judged",
    "handed": "to pages",
    "painted": "on screen",
}


def blocks(contact: Contact, now: datetime) -> list[Block]:
    """The most important line of each comes first: what does not fit on the screen is left out at the end."""
    heard, by = contact.heard, contact.age(now)
    health, metrics, redis = (heard.health, heard.metrics, heard.redis) if heard else (None, None, None)
    told = {
        STATUS: _status(contact, now),
        "Price": _price(health, metrics, by, is_live=contact.silent_since(now) is None) if health else (),
        "Redis": _redis(redis, now) if redis else (),
        "WebSocket": _websocket(metrics, health.websocket, by) if health and metrics else (),
        PERFORMANCE: _performance(metrics) if metrics else (),
        "Uptime": _uptime(metrics, by, now) if metrics else (),
    }
    untold = _UNTOLD if heard else _UNHEARD
    return [Block(title, list(lines) or [untold]) for title, lines in told.items()]


def venues(metrics: Metrics, by: timedelta) -> list[list[str]]:
    """Rows of a table of all venues, the titles first; for screens that have room."""
    return [_VENUE_TITLES, *(_venue(venue, by) for venue in sorted(metrics.venues.values(), key=_rank))]


def _rank(venue: VenueFigures) -> tuple[bool, bool, str]:
    """The one whose price is shown comes first, and then those that deliver."""
    return not venue.is_active, venue.state != "connected", venue.name


def _venue(venue: VenueFigures, by: timedelta) -> list[str]:
    counts = (venue.received, venue.accepted, venue.quarantined, venue.rejected, venue.reconnects)
    return [
        printable(venue.name),
        "active" if venue.is_active else printable(venue.state),
        duration(older(venue.age_s, by)),
        milliseconds(venue.latency_ms_p50),
        *map(count, counts),
        percent(venue.budget_used),
    ]


def _status(contact: Contact, now: datetime) -> Iterator[Line]:
    heard = contact.heard
    if silent_at := contact.silent_since(now):
        yield Line("", f"UNREACHABLE for {since(silent_at, now)}", Tone.BAD)
        yield Line("", contact.why or "it does not answer in time")
        yield Line("since", f"{silent_at:%H:%M:%S} UTC")
        if heard:
            yield Line("it was", f"{printable(heard.status)}, {since(contact.heard_at, now)} ago")
    elif heard:
        yield Line("", printable(heard.status.upper()), _TONES.get(heard.status, Tone.BAD))
        yield from (Line("", printable(reason)) for reason in (heard.health.reasons if heard.health else ()))
    else:
        yield Line("", "asking ...", Tone.FAINT)


def _price(health: Health, metrics: Metrics | None, by: timedelta, *, is_live: bool) -> Iterator[Line]:
    if health.last_price is None:
        yield Line("", "no price yet", Tone.WARNING)
        return
    age_s = older(health.last_price_age_s, by)
    is_stale = age_s is None or age_s > STALE_AFTER_S or not is_live
    yield Line("", printable(price(health.last_price)))
    yield Line("age", f"{duration(age_s)}, {'STALE' if is_stale else 'fresh'}", Tone.BAD if is_stale else Tone.GOOD)
    yield Line("from", _name(health.active_exchange, metrics) or "no venue delivers")


def _name(code: str, metrics: Metrics | None) -> str:
    """Of a venue, as the other blocks call it."""
    known = metrics.venues.get(code) if metrics else None
    return printable(known.name if known else code)


def _redis(redis: RedisStatus, now: datetime) -> Iterator[Line]:
    yield _server("primary", redis.primary, redis.active)
    if redis.failover:
        yield _server("failover", redis.failover, redis.active)
    else:
        yield Line("failover", "there is none", Tone.WARNING)
    last = f", last {since(redis.last_switch, now)} ago" if redis.last_switch else ""
    yield Line("switches", f"{count(redis.switches)}{last}")
    waiting = sum(log.waiting for log in redis.log.values() if log)
    yield Line("not stored", f"{count(waiting)}, spool {size(sum(redis.spool.values()))}")
    yield Line("sync", f"{count(redis.sync.pending)} to go, {count(redis.sync.conflicts)} conflicts")
    if redis.dead_letters:
        yield Line("refused", f"{count(redis.dead_letters)} dead letters", Tone.WARNING)


def _server(name: str, server: ServerStatus, active: str) -> Line:
    parts = [printable(server.state)]
    if server.latency_ms is not None:
        parts.append(f"{milliseconds(server.latency_ms)} ms")
    if name == active:
        parts.append("active")
    return Line(name, ", ".join(parts), Tone.GOOD if server.state == "up" else Tone.BAD)


def _websocket(metrics: Metrics, feed: str, by: timedelta) -> Iterator[Line]:
    yield Line("feed", printable(feed))
    for venue in metrics.venues.values():
        if venue.is_active:
            yield Line("active", f"{printable(venue.name)}, data {duration(older(venue.age_s, by))} old")
    connected = sum(venue.state == "connected" for venue in metrics.venues.values())
    yield Line("connected", f"{connected} of {len(metrics.venues)} venues")
    sockets = metrics.sockets
    yield Line("clients", f"{count(sockets.clients)}, frames sent {count(sockets.sent)}")
    yield Line("conflated", f"{count(sockets.dropped)} for slow clients")


def _performance(metrics: Metrics) -> Iterator[Line]:
    """Of the hops those that were measured in the last minute, and what failed, by name: each keeps its place."""
    messages = metrics.messages
    yield Line("received", f"{rate(messages.received.rate_1m)}/s, stored {rate(messages.stored.rate_1m)}/s")
    hops = [
        Line(label, "/".join(map(milliseconds, (times.p50, times.p95, times.p99))))
        for hop, label in _HOPS.items()
        if (times := metrics.processing_ms.get(hop)) and times.count
    ]
    yield from hops[:2]
    tried = [(printable(name), each.success_rate) for name, each in metrics.operations.items()]
    known = [(name, success) for name, success in tried if success is not None]
    worse = [f"{name} {percent(success)}" for name, success in sorted(known) if success < 1]
    yield Line("succeeded", ", ".join(worse) or ("100 %" if known else NOBODY_KNOWS))
    yield Line("in all", f"{count(messages.received.total)} trades")
    # Quotes and frames too, so it is no share of the trades.
    yield Line("rejected", f"{count(messages.rejected.total)} of any kind")
    yield from hops[2:]
    sizes = metrics.data_size
    yield Line("data", f"{size(sizes.received)} received, {size(sizes.disk_free)} of disk free")


def _uptime(metrics: Metrics, by: timedelta, now: datetime) -> Iterator[Line]:
    """Of the web process; reconnections are those of all venues since the site was first started."""
    errors = metrics.errors
    last = f", last {since(errors.last_at, now)} ago" if errors.last_at else ""
    yield Line("up for", duration(older(metrics.uptime_s, by)))
    yield Line("reconnects", count(sum(venue.reconnects for venue in metrics.venues.values())))
    yield Line("errors", f"{count(errors.count)}{last}", Tone.WARNING if errors.count else Tone.PLAIN)
    yield Line("last price", f"{since(metrics.last_update_at, now)} ago" if metrics.last_update_at else NOBODY_KNOWS)
    yield Line("version", printable(metrics.version))
