"""/api/v1/uptime/: how feeds, venues, Redis and the database did over an hour, a day and 30 days."""

from datetime import datetime
from threading import Lock
from typing import Any, ClassVar, Final

from django.core.cache import caches
from django.db import OperationalError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from feeds.api.row import Moment
from feeds.api.short import Short
from feeds.clock import SystemClock
from feeds.market.uptime import Uptime
from feeds.queries import promised_subjects, shown_feed, shown_feeds, venue_subjects
from feeds.storage.deadline import LONGEST_S, within
from feeds.storage.uptime import uptime

# It reads a month of minutes, and is about minutes.
KEPT_S: Final = 30
WINDOWS: Final = ("hour", "day", "month")
# Held by who reads it.
READING: Final = Lock()


class SpanRow(serializers.Serializer[Any]):
    """Seconds of a time up to now, without what was before the subject was ever seen."""

    good_seconds = serializers.FloatField()
    known_seconds = serializers.FloatField()
    total_seconds = serializers.FloatField()
    share = serializers.FloatField(allow_null=True, help_text="Of what is promised: of the total. Else: of the known.")


class UptimeRow(serializers.Serializer[Any]):
    subject = serializers.CharField(help_text="Such as feed:main, venue:main:binance, redis or database.")
    is_promised = serializers.BooleanField(help_text="What is not known of it counts as down.")
    since_at = Moment()
    until_at = Moment(help_text="A little ago: what is newer is not all written.")
    hour = SpanRow()
    day = SpanRow()
    month = SpanRow(help_text="30 days.")
    budget_left_seconds = serializers.FloatField(
        allow_null=True, help_text="Of the 259.2 s that may be bad in a month."
    )


@extend_schema(summary="Uptime of what is watched")
class Uptimes(Short):
    topic: ClassVar[str] = "health"
    serializer_class = UptimeRow

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.told(_kept())


def _kept() -> list[dict[str, Any]]:
    """Of many who ask at once the first one reads, and the others wait for that."""
    if not READING.acquire(timeout=LONGEST_S):
        raise OperationalError("The uptime takes too long to read.")
    try:
        with within(LONGEST_S):
            return caches["memory"].get_or_set("api-uptime", _rows, KEPT_S) or []
    finally:
        READING.release()


def _rows() -> list[dict[str, Any]]:
    feeds = [feed for feed in map(shown_feed, shown_feeds()) if feed]
    promised = {subject for feed in feeds for subject in promised_subjects(feed)}
    venues = {subject for feed in feeds for subject in venue_subjects(feed).values()}
    found = uptime(sorted(promised | venues), _now())
    return [_row(subject, seen, subject in promised) for subject, seen in found.items()]


def _row(subject: str, seen: Uptime, is_promised: bool) -> dict[str, Any]:
    spans = {name: getattr(seen, name) for name in WINDOWS}
    return {
        "subject": subject,
        "is_promised": is_promised,
        "since_at": seen.since_at,
        "until_at": seen.until_at,
        **{
            name: {
                "good_seconds": span.good,
                "known_seconds": span.known,
                "total_seconds": span.total,
                "share": span.share if is_promised else span.share_of_known,
            }
            for name, span in spans.items()
        },
        "budget_left_seconds": seen.budget_left_s if is_promised else None,
    }


def _now() -> datetime:
    return SystemClock().now()
