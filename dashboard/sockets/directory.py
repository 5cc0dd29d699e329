"""Which feeds and instruments there are to be subscribed to, for all sockets of a process."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from dashboard.reading import Reading
from feeds.clock import Clock
from feeds.queries import followed_instruments

FRESH_S: Final = 5.0
# So long who asks waits for the database: where something is known, and where nothing is.
BRIEFLY_S: Final = 1.0
PATIENCE_S: Final = 2.0

# The instruments of each enabled feed, by the feed's name; the first one is what is shown where none is named.
Feeds = Mapping[str, frozenset[str]]


class Directory:
    """Read once for all who ask within 5 s. While the database does not answer, what was known last holds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due_at = float("-inf")
        self._reading: Reading[Feeds] = Reading("list of feeds")
        self._feeds: Feeds | None = None

    async def feeds(self) -> Feeds:
        """Raises TimeoutError where nothing is known, and the database does not answer."""
        # What was read since the last one asked may be old by now, but tells more than nothing.
        self._take()
        now = self._clock.monotonic()
        if not self._reading.is_begun and (self._feeds is None or now >= self._due_at):
            self._due_at = now + FRESH_S
            self._reading.begin(followed_instruments)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S if self._feeds is None else BRIEFLY_S):
                await self._reading.wait()
        self._take()
        if self._feeds is None:
            raise TimeoutError
        return self._feeds

    def _take(self) -> None:
        if (feeds := self._reading.take()) is not None:
            self._feeds = feeds
