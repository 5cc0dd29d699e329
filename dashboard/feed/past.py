"""What became of the shown feed: who led when, and what was missed; read beside the loop: it takes a while."""

from datetime import datetime
from typing import Final

from dashboard.feed.coverage import began_at, coverage
from dashboard.feed.leads import OVER, leads, watched_only
from dashboard.feed.messages import Coverage, Leads
from dashboard.feed.parts import Source
from dashboard.reading import Reading
from feeds.clock import Clock
from feeds.queries import FeedView
from feeds.queries.coverage import missed, watched, watched_minutes
from feeds.queries.diary import switches_since

READ_EVERY_S: Final = 30.0
# What is read is of one feed, with one leader.
_Subject = tuple[FeedView, Source]


class PastReader:
    """Begins a reading every 30 s, and at once for another feed or leader, and hands out what came of it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._subject: _Subject | None = None
        self._due_at = 0.0
        self._reading: Reading[tuple[Leads, Coverage]] = Reading("past")

    def take(self, feed: FeedView, leader: Source) -> tuple[Leads, Coverage] | None:
        """What was read since the last time; None where there is nothing new."""
        now = self._clock.monotonic()
        if not self._reading.is_begun and ((feed, leader) != self._subject or now >= self._due_at):
            self._subject, self._due_at = (feed, leader), now + READ_EVERY_S
            self._reading.begin(read_past, feed, leader, self._clock.now())
        return self._reading.take()

    async def close(self) -> None:
        """Waits for what is being read."""
        await self._reading.wait()


def read_past(feed: FeedView, leader: Source, now: datetime) -> tuple[Leads, Coverage]:
    """Five queries. Blocking."""
    return read_leads(feed, leader, now), read_coverage(feed, now)


def read_leads(feed: FeedView, leader: Source, now: datetime) -> Leads:
    since_at = now - OVER
    told = leads(switches_since(feed.name, since_at), leader, since_at, now)
    seen = watched_only(told, watched_minutes(feed.name, since_at), now)
    return Leads(since_at=since_at, until_at=now, leads=seen)


def read_coverage(feed: FeedView, now: datetime) -> Coverage:
    venues, instruments = [row.code for row in feed.venues], [each.code for each in feed.instruments]
    gaps = missed(venues, instruments, began_at(now))
    return coverage(feed, gaps, watched(feed.name, venues, began_at(now)), now)
