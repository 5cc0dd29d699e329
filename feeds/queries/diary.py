"""What became of the line: why venues were left, the switches with their evidence."""

from datetime import datetime
from itertools import product

import msgspec
from django.db.models import Q

from feeds.connection.effects import VenueEvidence
from feeds.models import FailoverEvent, Feed, HealthSnapshot, Venue
from feeds.storage.latest import Switch
from feeds.storage.snapshots import venue_subject


def last_reasons() -> dict[str, str]:
    """Why each venue was last left or refused; venues that never were are missing."""
    newest: dict[str, HealthSnapshot] = {}
    codes, feeds = Venue.objects.values_list("code", flat=True), Feed.objects.values_list("name", flat=True)
    for code, feed in product(codes, feeds):
        left = HealthSnapshot.objects.filter(subject=venue_subject(feed, code)).exclude(reason="").first()
        if left and (code not in newest or left.taken_at > newest[code].taken_at):
            newest[code] = left
    return {code: row.reason for code, row in newest.items()}


def last_switches(feed: str, count: int) -> list[Switch]:
    """The last switches of a feed, newest first."""
    return [_switch(event) for event in FailoverEvent.objects.filter(feed=feed)[:count]]


def switches_between(feed: str, instrument: str, from_at: datetime, to_at: datetime, count: int) -> list[Switch]:
    """Those that moved the price of this instrument, alone or with all others; the newest ones, newest first."""
    moved = FailoverEvent.objects.filter(Q(instrument=None) | Q(instrument=instrument), feed=feed)
    return [_switch(event) for event in moved.filter(finished_at__gte=from_at, finished_at__lt=to_at)[:count]]


def switches_since(feed: str, since_at: datetime) -> list[Switch]:
    """Those of the whole feed since then, oldest first, with the last one of before."""
    events = FailoverEvent.objects.filter(feed=feed, instrument=None)
    before = events.filter(finished_at__lt=since_at).first()
    return [_switch(each) for each in [before, *events.filter(finished_at__gte=since_at).reverse()] if each]


def _switch(event: FailoverEvent) -> Switch:
    return Switch(
        from_venue=event.from_venue_id,
        to_venue=event.to_venue_id,
        reason=event.reason,
        at=event.finished_at,
        instrument=event.instrument_id or "",
        stale_s=event.stale_seconds,
        age_s=event.last_price_age,
    )


def evidence(event: FailoverEvent) -> dict[str, VenueEvidence]:
    """What was known of each venue, by its code."""
    return msgspec.convert(event.evidence, dict[str, VenueEvidence])
