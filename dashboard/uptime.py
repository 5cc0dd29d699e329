"""Uptime of the shown feed, its venues, Redis and the database, for people; read beside the loop: it takes a while."""

import asyncio
import logging
from datetime import datetime
from typing import Final

from channels.db import database_sync_to_async
from django.db import DatabaseError

from dashboard import sentences
from dashboard.parts import UptimeLine
from feeds.clock import Clock
from feeds.market.uptime import MONTH, Uptime
from feeds.queries import FeedView
from feeds.storage.uptime import uptime

READ_EVERY_S: Final = 30.0

logger = logging.getLogger(__name__)


class UptimeReader:
    """Begins a reading every 30 s, and at once for another feed, and hands out what came of it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._feed: FeedView | None = None
        self._due_at = 0.0
        self._reading: asyncio.Task[list[UptimeLine]] | None = None

    def take(self, feed: FeedView) -> list[UptimeLine] | None:
        """What was read since the last time; None where there is nothing new."""
        read, self._reading = self._reading, None
        if read is None:
            self._begin(feed)
            return None
        if not read.done():
            self._reading = read
            return None
        try:
            return read.result()
        except DatabaseError:
            logger.warning("the database did not answer; the page stays with the uptime it knows")
            return None

    async def close(self) -> None:
        """Waits for what is being read: a thread cannot be cancelled."""
        if self._reading:
            await asyncio.wait([self._reading])

    def _begin(self, feed: FeedView) -> None:
        now = self._clock.monotonic()
        if feed != self._feed or now >= self._due_at:
            self._feed, self._due_at = feed, now + READ_EVERY_S
            # On a thread of its own: the one that all share answers logins.
            read = database_sync_to_async(uptime_lines, thread_sensitive=False)
            self._reading = asyncio.create_task(read(feed, self._clock.now()), name="dashboard uptime")


def uptime_lines(feed: FeedView, now: datetime) -> list[UptimeLine]:
    """The feed and what it stands on, those that were ever watched. Blocking."""
    promised = {f"feed:{feed.name}": feed.title, "redis": "Redis", "database": "Database"}
    venues = {f"venue:{feed.name}:{venue.code}": venue.name for venue in feed.venues}
    found = uptime([*promised, *venues], now)
    lines = [_line(name, found[subject]) for subject, name in promised.items() if subject in found]
    return lines + [_venue_line(name, found[subject]) for subject, name in venues.items() if subject in found]


def _line(name: str, seen: Uptime) -> UptimeLine:
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
    return f"since {seen.since_at:%d %b %H:%M}" if seen.until_at - seen.since_at < MONTH else ""
