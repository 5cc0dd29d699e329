"""The feed's diary in the database: every transition of a venue, every failover. Never makes the feed wait."""

import asyncio
import logging
from datetime import datetime
from typing import Final

from django.db import DatabaseError, models

from feeds.clock import Clock
from feeds.models import FailoverEvent, VenueHealth
from feeds.storage.database import DatabaseThread

logger = logging.getLogger(__name__)

MAX_WAITING: Final = 10_000
RETRY_AFTER_S: Final = 1.0


class Journal:
    """Rows wait in memory while the database is down, the oldest first to go when there are too many."""

    def __init__(self, feed: str, database: DatabaseThread, clock: Clock) -> None:
        self._feed = feed
        self._database = database
        self._clock = clock
        self._rows: asyncio.Queue[models.Model] = asyncio.Queue(MAX_WAITING)
        self._left: tuple[str, str, datetime] | None = None

    def entered(self, venue: str, state: str, reason: str, at: datetime) -> None:
        """A venue entered a state."""
        self._add(VenueHealth(feed_id=self._feed, venue_id=venue, state=state, reason=reason[:200], entered_at=at))

    def left(self, venue: str, reason: str, last_data_at: datetime) -> None:
        """The active venue was left; the first one that was left counts until another one delivers."""
        self._left = self._left or (venue, reason, last_data_at)

    def arrived(self, venue: str, at: datetime) -> None:
        """A venue delivers. If it is another one than was left, that was a failover."""
        if self._left is not None and self._left[0] != venue:
            from_venue, reason, last_data_at = self._left
            self._add(
                FailoverEvent(
                    feed_id=self._feed,
                    from_venue_id=from_venue,
                    to_venue_id=venue,
                    reason=reason[:200],
                    started_at=last_data_at,
                    finished_at=at,
                    last_price_age=(at - last_data_at).total_seconds(),
                )
            )
        self._left = None

    async def run(self) -> None:
        """Writes rows as they come, for ever; waits out a database that is down."""
        while True:
            row = await self._rows.get()
            while not await self._try_save(row):
                await self._clock.sleep(RETRY_AFTER_S)

    async def finish(self) -> None:
        """Writes what is left, once."""
        while not self._rows.empty():
            await self._try_save(self._rows.get_nowait())

    def _add(self, row: models.Model) -> None:
        if self._rows.full():
            logger.error("journal is full, lost: %s", self._rows.get_nowait())
        self._rows.put_nowait(row)

    async def _try_save(self, row: models.Model) -> bool:
        try:
            await self._database.run(row.save)
        except DatabaseError as error:
            logger.warning("journal waits: %s", error)
            return False
        return True
