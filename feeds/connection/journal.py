"""The feed's diary in the database: every transition of a venue, every failover. Never makes the feed wait."""

import asyncio
import logging
from collections import deque
from datetime import datetime
from typing import Final

from django.db import DatabaseError, DataError, IntegrityError, models

from feeds.clock import Clock
from feeds.errors import MAX_TEXT
from feeds.models import FailoverEvent, VenueHealth
from feeds.storage.database import DatabaseThread

logger = logging.getLogger(__name__)

MAX_WAITING: Final = 10_000
RETRY_AFTER_S: Final = 1.0


class Journal:
    """Rows wait in memory while the database is down; when there are too many, later ones are dropped and logged."""

    def __init__(self, feed: str, database: DatabaseThread, clock: Clock) -> None:
        self._feed = feed
        self._database = database
        self._clock = clock
        self._rows: deque[models.Model] = deque()
        self._has_rows = asyncio.Event()
        self._left: tuple[str, str, datetime] | None = None

    def entered(self, venue: str, state: str, reason: str, at: datetime) -> None:
        """A venue entered a state."""
        self._add(VenueHealth(feed_id=self._feed, venue_id=venue, state=state, reason=reason[:MAX_TEXT], entered_at=at))

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
                    reason=reason[:MAX_TEXT],
                    started_at=last_data_at,
                    finished_at=at,
                    last_price_age=(at - last_data_at).total_seconds(),
                )
            )
        self._left = None

    async def run(self) -> None:
        """Writes rows as they come, for ever; waits out a database that is down."""
        while True:
            await self._has_rows.wait()
            if not await self.finish():
                await self._clock.sleep(RETRY_AFTER_S)

    async def finish(self) -> bool:
        """Writes what waits; False when the database did not take it."""
        while self._rows:
            if not await self._try_save(self._rows[0]):
                return False
            self._rows.popleft()
        self._has_rows.clear()
        return True

    def _add(self, row: models.Model) -> None:
        if len(self._rows) >= MAX_WAITING:
            logger.error("the journal is full, lost: %s", row)
            return
        self._rows.append(row)
        self._has_rows.set()

    async def _try_save(self, row: models.Model) -> bool:
        try:
            await self._database.run(row.save)
        except (DataError, IntegrityError) as error:
            # Its feed or venue was deleted meanwhile, or a text does not fit: it can never be written.
            logger.warning("the journal drops %s: %s", row, error)
        except DatabaseError as error:
            logger.warning("the journal waits: %s", error)
            return False
        return True
