"""What became of the line lately: switches with their evidence, what is not over, what was missed."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db.models import OuterRef, Q, Subquery

from feeds.connection.effects import VenueEvidence
from feeds.models import Alert, FailoverEvent, Gap, Venue, VenueHealth
from feeds.storage.latest import AlertState


@dataclass(frozen=True)
class Failover:
    """The price moved from one venue to another: of one instrument, or of the whole feed ("").

    `evidence` is what was known of each venue when that was decided.
    """

    from_venue: str
    to_venue: str
    instrument: str
    reason: str
    started_at: datetime
    finished_at: datetime
    last_price_age: float
    stale_seconds: float
    evidence: dict[str, VenueEvidence]


@dataclass(frozen=True)
class GapSum:
    """What was missed of an instrument at a venue, against our will: how often, and for how long in all."""

    venue: str
    instrument: str
    status: str
    count: int
    seconds: float


def last_reasons() -> dict[str, str]:
    """Why each venue was last left or refused; venues that never were are missing."""
    entered = VenueHealth.objects.filter(venue=OuterRef("code")).exclude(reason="").order_by("-entered_at")
    found = Venue.objects.annotate(last_reason=Subquery(entered.values("reason")[:1]))
    return {code: reason for code, reason in found.values_list("code", "last_reason") if reason}


def last_failovers(feed: str, count: int = 20) -> list[Failover]:
    """The last switches of a feed, newest first."""
    return [_failover(event) for event in FailoverEvent.objects.filter(feed=feed)[:count]]


def _failover(event: FailoverEvent) -> Failover:
    return Failover(
        from_venue=event.from_venue_id,
        to_venue=event.to_venue_id,
        instrument=event.instrument_id or "",
        reason=event.reason,
        started_at=event.started_at,
        finished_at=event.finished_at,
        last_price_age=event.last_price_age,
        stale_seconds=event.stale_seconds,
        evidence=evidence(event),
    )


def evidence(event: FailoverEvent) -> dict[str, VenueEvidence]:
    """What was known of each venue, by its code."""
    return msgspec.convert(event.evidence, dict[str, VenueEvidence])


def open_alerts(feed: str) -> list[AlertState]:
    """What is not over, of a feed and of everything that all feeds share, newest first."""
    alerts = Alert.objects.filter(Q(feed=feed) | Q(feed=None), cleared_at=None)
    return [AlertState(alert.kind, alert.subject, alert.text, alert.raised_at) for alert in alerts]


def gap_sums(feed: str, since_at: datetime, until_at: datetime) -> list[GapSum]:
    """What was missed of the instruments of a feed between two times, by venue, instrument and status."""
    lengths: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for venue, instrument, status, after_at, before_at in _gaps(feed, since_at, until_at):
        length = min(before_at or until_at, until_at) - max(after_at, since_at)
        lengths[venue, instrument, status].append(length.total_seconds())
    return [GapSum(*key, len(found), sum(found)) for key, found in sorted(lengths.items())]


def _gaps(
    feed: str, since_at: datetime, until_at: datetime
) -> Iterator[tuple[str, str, str, datetime, datetime | None]]:
    """Those that touch the time between. What we chose not to hear was not missed."""
    gaps = Gap.objects.filter(Q(before_at=None) | Q(before_at__gt=since_at), after_at__lt=until_at, is_wanted=True)
    gaps = gaps.filter(instrument__feeds=feed).order_by()
    return gaps.values_list("venue", "instrument", "status", "after_at", "before_at").iterator()
