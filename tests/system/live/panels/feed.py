"""The panels of the feed, and of what it leans on: venues, switches, uptime, coverage, delays, Redis, the log."""

from typing import Final

from dashboard.feed.messages import Coverage, Feed, Latency, Uptime, Venues
from dashboard.feed.parts import VenueLine
from dashboard.system.messages import Log, Redis
from dashboard.templatetags import figures, operation
from tests.system.live.look import Messages, Said, Told
from tests.system.live.panels.words import NAMES, newest, time_of


def of_venues(messages: Messages) -> Said:
    venues = newest(messages, Venues)
    return {"venues": [_venue(each) for each in venues.venues]} if venues else {}


def _venue(venue: VenueLine) -> Said:
    state = {} if venue.state == "connected" else {"state": figures.state_label(venue.state)}  # else perhaps Silent
    return {
        **state,
        "priority": str(venue.priority),
        "name": venue.name,
        "role": venue.role,
        "reason": venue.reason,
        "delay": figures.delay(venue),
        "skew": operation.offset(venue.skew_ms),
        "reconnects": operation.count(venue.reconnects),
        "held": venue.quarantined_share or "0 %",
        "circuit": operation.circuit(venue),
        "flaws": figures.flaws(venue),
    }


def of_connection(messages: Messages) -> Said:
    feed, venues = newest(messages, Feed), newest(messages, Venues)
    if feed is None or venues is None:
        return {}
    switches = [
        {
            "time": time_of(each.at),
            "from": each.from_venue or "nobody",
            "to": each.to_venue or "nobody",
            "text": each.text,
            "cost": each.cost,
        }
        for each in feed.switches
    ]
    return {"venue": NAMES.get(venues.active, "–"), "source": feed.lead.text, "switches": switches}


def of_uptime(messages: Messages) -> Said:
    uptime = newest(messages, Uptime)
    names = ("name", "since", "hour", "day", "month", "left")
    return {"lines": [{name: getattr(each, name) for name in names} for each in uptime.lines]} if uptime else {}


def of_latency(messages: Messages) -> Said:
    latency = newest(messages, Latency)
    names = ("p50", "p95", "p99")
    return (
        {
            "hops": [
                {"name": each.name, "about": each.about} | {name: f"{getattr(each, name):.1f}" for name in names}
                for each in latency.hops
            ]
        }
        if latency
        else {}
    )


def of_redis(messages: Messages) -> Said:
    redis = newest(messages, Redis)
    if redis is None:
        return {}
    servers = [
        {
            "name": each.name,
            "state": operation.server_state(each.state),
            "latency": operation.milliseconds(each.latency_ms),
            "memory": operation.memory(each),
            "commands": operation.count(each.commands_per_s),
            "failed": operation.failed(each),
            "waiting": operation.waiting(each),
        }
        for each in redis.servers
    ]
    active = next((each.name for each in redis.servers if each.is_active), "–")
    return {"active": active, "spool": operation.megabytes(redis.spool), "servers": servers}


def of_log(messages: Messages) -> Said:
    """A page shows spaces that stand together as one."""
    log = newest(messages, Log)
    return (
        {"lines": [{"level": each.level, "process": each.process, "text": _spaced(each.text)} for each in log.lines]}
        if log
        else {}
    )


def _spaced(text: str) -> str:
    return " ".join(text.split())


def of_coverage(messages: Messages) -> list[list[str]]:
    """The table, cell by cell."""
    coverage = newest(messages, Coverage)
    return (
        [[each.name, *(operation.covered(cell.share) for cell in each.hours)] for each in coverage.lines]
        if coverage
        else []
    )


FEED: Final[dict[str, Told]] = {
    "venues": of_venues,
    "connection": of_connection,
    "uptime": of_uptime,
    "latency": of_latency,
    "redis": of_redis,
}
