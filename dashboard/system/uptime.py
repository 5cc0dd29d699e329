"""Uptime and error budget of the feeds, of Redis and of the database, read again every half minute. Blocking."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from feeds.clock import Clock
from feeds.market.uptime import Uptime
from feeds.storage.uptime import uptime

READ_EVERY: Final = timedelta(seconds=30)


class UptimeEye:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._subjects: tuple[str, ...] = ()
        self._due_at = datetime.min.replace(tzinfo=UTC)
        self._last: Mapping[str, Uptime] = {}

    def look(self, feeds: Iterable[str]) -> Mapping[str, Uptime]:
        """By subject, such as `feed:main`; those that were ever watched. The database's error where it is away."""
        now, subjects = self._clock.now(), (*(f"feed:{feed}" for feed in feeds), "redis", "database")
        if subjects != self._subjects or now >= self._due_at:
            self._last = uptime(subjects, now)
            self._subjects, self._due_at = subjects, now + READ_EVERY
        return self._last
