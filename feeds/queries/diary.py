"""What became of the line lately: why venues were left, and the last switches with their evidence."""

import msgspec
from django.db.models import OuterRef, Subquery

from feeds.connection.effects import VenueEvidence
from feeds.models import FailoverEvent, Venue, VenueHealth
from feeds.storage.latest import Switch


def last_reasons() -> dict[str, str]:
    """Why each venue was last left or refused; venues that never were are missing."""
    entered = VenueHealth.objects.filter(venue=OuterRef("code")).exclude(reason="").order_by("-entered_at")
    found = Venue.objects.annotate(last_reason=Subquery(entered.values("reason")[:1]))
    return {code: reason for code, reason in found.values_list("code", "last_reason") if reason}


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
