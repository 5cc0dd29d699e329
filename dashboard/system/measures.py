"""What was counted and seen of the system, as /metrics tells it. Pure: the system goes in, the figures come out."""

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from msgspec.structs import replace

from dashboard.delivery import HANDED, PAINTED
from dashboard.system.metrics import (
    DataSize,
    Errors,
    Messages,
    Metrics,
    Operations,
    Sockets,
    VenueFigures,
)
from dashboard.system.system import System, judge
from dashboard.system.trend import Trend
from feeds import tally
from feeds.market.latency import ACCEPT, LOG, VENUE
from feeds.storage.latest import FeedState, VenueState

HOPS: Final = (VENUE, ACCEPT, LOG, HANDED, PAINTED)
PARTS: Final = (tally.REDIS, tally.DATABASE, tally.REST)
# Of a venue in two feeds the better state is told.
_STATES: Final = ("connected", "connecting", "disconnected", "blocked", "exhausted", "idle", "disabled")
_UNKNOWN: Final = "unknown"


def metrics_of(system: System) -> Metrics:
    trend = system.trend
    names = (tally.RECEIVED, tally.ACCEPTED, tally.QUARANTINED, tally.REPEATED, tally.REJECTED)
    prices = system.shown.prices.values() if system.shown else ()
    return Metrics(
        checked_at=system.now,
        uptime_s=uptime_s(system),
        version=settings.OMEGA_VERSION,
        status=judge(system)[0],
        processing_ms={hop: trend.times(hop) for hop in HOPS},
        operations={part: _operations(trend, part) for part in PARTS},
        messages=Messages(*(trend.flow(name) for name in (*names, tally.STORED, tally.PUBLISHED))),
        rejected_by_reason=trend.by(lambda series: series.second, tally.REJECTED),
        venues={code: _venue(system, code, state) for code, state in venue_states(system).items()},
        errors=Errors(trend.total(tally.ERRORS), trend.last_error_at),
        sockets=_sockets(system),
        data_size=_data_size(system),
        last_update_at=max((price.received_at for price in prices), default=None),
    )


def uptime_s(system: System) -> float:
    """Of the process that answers."""
    return round((system.now - system.began_at).total_seconds(), 1) if system.began_at else 0.0


def venue_states(system: System) -> dict[str, VenueState]:
    """Every venue of any feed, by code; of one in several feeds the state that is better."""
    told = [venue if is_run else _lost(venue) for feed, is_run in _feeds(system) for venue in feed.venues]
    return {venue.venue: venue for venue in sorted(told, key=_rank, reverse=True)}


def active_venues(system: System) -> set[str]:
    """Whose prices are shown."""
    return {feed.active for feed, is_run in _feeds(system) if is_run}


def _feeds(system: System) -> list[tuple[FeedState, bool]]:
    """What each told last, and whether a worker runs it."""
    unheld, feeds = {*system.unheld}, system.shown.feeds if system.shown else {}
    return [(feed, name not in unheld) for name, feed in feeds.items()]


def _lost(venue: VenueState) -> VenueState:
    """What a worker that is gone told of it says nothing of now; what was counted of it stays."""
    return replace(venue, state=_UNKNOWN, skew_ms=None, delays={})


def _rank(venue: VenueState) -> int:
    return _STATES.index(venue.state) if venue.state in _STATES else len(_STATES)


def _venue(system: System, code: str, state: VenueState) -> VenueFigures:
    trend, kept = system.trend, state.delays.get(LOG)
    budgets: Mapping[str, float] = system.shown.budgets if system.shown else {}
    return VenueFigures(
        name=state.name,
        state=state.state,
        is_active=code in active_venues(system),
        received=trend.total(tally.RECEIVED, code),
        accepted=trend.total(tally.ACCEPTED, code),
        quarantined=trend.total(tally.QUARANTINED, code),
        repeated=trend.total(tally.REPEATED, code),
        rejected=trend.total(tally.REJECTED, code),
        stored=trend.total(tally.STORED, code),
        published=trend.total(tally.PUBLISHED, code),
        reconnects=max(0, trend.total(tally.CONNECTS, code) - 1),
        age_s=round((system.now - state.seen_at).total_seconds(), 3) if state.seen_at else None,
        latency_ms_p50=kept.p50 if kept else None,
        latency_ms_p99=kept.p99 if kept else None,
        budget_used=budgets.get(code),
    )


def _operations(trend: Trend, part: str) -> Operations:
    attempts, failures = trend.total(tally.ATTEMPTS, part), trend.total(tally.FAILURES, part)
    return Operations(attempts, failures, round(1 - failures / attempts, 6) if attempts else None)


def _sockets(system: System) -> Sockets:
    trend = system.trend
    return Sockets(
        clients=system.shown.clients if system.shown else None,
        sent=trend.total(tally.SENT),
        sent_bytes=trend.total(tally.SENT_BYTES),
        dropped=trend.total(tally.DROPPED),
    )


def _data_size(system: System) -> DataSize:
    looks = {name: seen.value for name, seen in system.servers.items() if seen and seen.value}
    return DataSize(
        received=system.trend.total(tally.FRAME_BYTES),
        redis={name: look.memory for name, look in looks.items()},
        spool=system.spool.size,
        log_waiting=sum(look.waiting for look in looks.values()),
        disk_free=system.spool.disk_free,
        disk_total=system.spool.disk_total,
    )
