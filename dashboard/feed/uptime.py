"""Uptime of the shown feed, its venues, Redis and the database, for people; read beside the loop: it takes a while."""

from datetime import datetime, timedelta
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dashboard import manner
from dashboard.feed import sentences
from dashboard.feed.parts import UptimeLine
from dashboard.reading import Reading
from feeds.clock import Clock
from feeds.market.uptime import MONTH, Uptime
from feeds.queries import FeedView, promised_subjects, venue_subjects
from feeds.storage.uptime import uptime

READ_EVERY_S: Final = 30.0
# By feed and manner what was read last for the sockets, for pages: they do not wait for it themselves.
_last_read: dict[tuple[str, manner.Manner], tuple[datetime, list[UptimeLine]]] = {}
# While somebody listens it is read again before that.
_WORTH_SHOWING: Final = timedelta(minutes=1)


class UptimeReader:
    """Begins a reading every 30 s, and at once for another feed, and hands out what came of it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._feed: FeedView | None = None
        self._due_at = 0.0
        self._reading: Reading[list[UptimeLine]] = Reading("uptime")

    def take(self, feed: FeedView) -> list[UptimeLine] | None:
        """What was read since the last time; None where there is nothing new."""
        now = self._clock.monotonic()
        if not self._reading.is_begun and (feed != self._feed or now >= self._due_at):
            self._feed, self._due_at = feed, now + READ_EVERY_S
            self._reading.begin(uptime_lines, feed, self._clock.now())
        return self._reading.take()

    async def close(self) -> None:
        """Waits for what is being read."""
        await self._reading.wait()


def uptime_lines(feed: FeedView, now: datetime) -> list[UptimeLine]:
    """The feed and what it stands on, those that were ever watched. Blocking."""
    promised = dict(zip(promised_subjects(feed), (feed.title, _("Redis"), _("Database")), strict=True))
    subject_of = venue_subjects(feed)
    venues = {subject_of[venue.code]: venue.name for venue in feed.venues}
    found = uptime([*promised, *venues], now)
    lines = [uptime_line(name, found[subject]) for subject, name in promised.items() if subject in found]
    lines += [_venue_line(name, found[subject]) for subject, name in venues.items() if subject in found]
    _last_read[feed.name, manner.active()] = now, lines
    return lines


def last_read(feed: FeedView, now: datetime) -> list[UptimeLine]:
    """What somebody read in this process a moment ago; nothing where nobody did."""
    at, lines = _last_read.get((feed.name, manner.active()), (now, []))
    return lines if now - at < _WORTH_SHOWING else []


def uptime_line(name: str, seen: Uptime) -> UptimeLine:
    """Of what is promised: what nobody watched counts as down."""
    return UptimeLine(
        name=name,
        hour=sentences.share(seen.hour.share),
        day=sentences.share(seen.day.share),
        month=sentences.share(seen.month.share),
        left=sentences.budget(seen.budget_left_s),
        since=_since(seen),
    )


def _venue_line(name: str, seen: Uptime) -> UptimeLine:
    """Of the time in which it was listened to. Nothing is promised of a single venue."""
    return UptimeLine(
        name=name,
        hour=sentences.share(seen.hour.share_of_known),
        day=sentences.share(seen.day.share_of_known),
        month=sentences.share(seen.month.share_of_known),
        left="",
        since=_since(seen),
    )


def _since(seen: Uptime) -> str:
    if seen.until_at - seen.since_at >= MONTH:
        return ""
    return _("since %(time)s") % {"time": date_format(manner.local(seen.since_at), "d M H:i")}
