"""What was missed and what was listened to, for people: the gap ledger and the minutes that were watched."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from django.db.models import Q, Sum
from django.db.models.functions import TruncHour

from feeds.models import Gap, UptimeMinute
from feeds.storage.snapshots import venue_subject


class Missed(NamedTuple):
    """A time without data of one instrument at one venue; one that goes on has no end. `status` is a Gap's.

    `is_wanted` is False where we chose not to listen.
    """

    venue: str
    instrument: str
    since_at: datetime
    until_at: datetime | None
    status: str
    is_wanted: bool


def missed(venues: Collection[str], instruments: Collection[str], since_at: datetime) -> list[Missed]:
    """What was missed since then, or is missed still."""
    rows = Gap.objects.filter(Q(before_at__gt=since_at) | Q(before_at=None), venue__in=venues)
    fields = ("venue", "instrument", "after_at", "before_at", "status", "is_wanted")
    return [Missed(*row) for row in rows.filter(instrument__in=instruments).order_by("after_at").values_list(*fields)]


def watched_minutes(feed: str, since_at: datetime) -> list[datetime]:
    """The minutes since then in which a worker watched the feed itself, in order."""
    minutes = UptimeMinute.objects.filter(subject=f"feed:{feed}", minute_at__gte=since_at, known__gt=0)
    return list(minutes.order_by("minute_at").values_list("minute_at", flat=True))


def watched(feed: str, venues: Iterable[str], since_at: datetime) -> dict[tuple[str, datetime], int]:
    """For how many seconds the feed listened, by venue and beginning of the hour; hours without one are missing."""
    subjects = {venue_subject(feed, venue): venue for venue in venues}
    minutes = UptimeMinute.objects.filter(subject__in=subjects, minute_at__gte=since_at)
    hours = minutes.values("subject", hour_at=TruncHour("minute_at", tzinfo=UTC)).annotate(seconds=Sum("known"))
    return {(subjects[row["subject"]], row["hour_at"]): row["seconds"] for row in hours}
