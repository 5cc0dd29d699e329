"""What became of the line lately: why venues were left, and the last switches with their evidence."""

from itertools import product

import msgspec

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
