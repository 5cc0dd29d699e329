"""The feed's diary in the database: transitions, samples, failovers, alerts. Never makes the feed wait."""

import asyncio
import logging
from datetime import datetime
from typing import Any, Final

import msgspec
from django.db import DatabaseError, models

from feeds.clock import Clock
from feeds.connection.handover import Handover
from feeds.errors import MAX_TEXT
from feeds.models import Alert, FailoverEvent
from feeds.queries import last_switches
from feeds.storage import snapshots
from feeds.storage.database import DatabaseThread
from feeds.storage.latest import SWITCHES_SHOWN, Switch
from feeds.storage.rows import WaitingRows

logger = logging.getLogger(__name__)

RETRY_AFTER_S: Final = 1.0


class Journal:
    """Rows wait in memory, in order, while the database is down."""

    def __init__(self, feed: str, database: DatabaseThread, clock: Clock) -> None:
        self._feed = feed
        self._database = database
        self._clock = clock
        self._rows = WaitingRows()
        self._is_behind = False
        self._unsampled = 0
        self._has_rows = asyncio.Event()
        self._alerts: dict[tuple[str, str], Alert] = {}

    async def begin(self) -> list[Switch]:
        """Clears the alerts of a process that is no more; the last switches, newest first."""
        try:
            return await self._database.run(_begin, self._feed, self._clock.now())
        except DatabaseError as error:
            logger.warning("what happened before is not read: %s", error)
            return []

    def entered(self, venue: str, state: str, reason: str, at: datetime) -> None:
        """A venue entered a state."""
        self.noted(snapshots.venue_subject(self._feed, venue), state, reason, at)

    def noted(self, subject: str, state: str, reason: str, at: datetime) -> None:
        """A part that the feed leans on entered a state."""
        self._add(snapshots.transition(subject, state, reason, at, feed=self._feed))

    def sampled(self, state: str, at: datetime, **detail: Any) -> None:
        """How the feed is now. Dropped while the database is away; the next one tells how many were."""
        if self._is_behind:
            self._unsampled += 1
            return
        self._add(snapshots.sample(f"feed:{self._feed}", state, at, **detail, dropped=self._unsampled))
        self._unsampled = 0

    def switched(self, handover: Handover, switch: Switch) -> None:
        """The price moved to another venue."""
        self._add(
            FailoverEvent(
                feed_id=self._feed,
                instrument_id=switch.instrument or None,
                from_venue_id=switch.from_venue,
                to_venue_id=switch.to_venue,
                reason=switch.reason[:MAX_TEXT],
                started_at=handover.last_data_at,
                finished_at=switch.at,
                last_price_age=(switch.at - handover.last_data_at).total_seconds(),
                stale_seconds=switch.stale_s,
                evidence=msgspec.to_builtins(handover.evidence),
            )
        )

    def raised(self, kind: str, subject: str, text: str, at: datetime) -> None:
        """A person should know."""
        alert = Alert(feed_id=self._feed, kind=kind, subject=subject, text=text[:MAX_TEXT], raised_at=at)
        self._alerts[kind, subject] = alert
        self._add(alert)

    def cleared(self, kind: str, subject: str, at: datetime) -> None:
        """What was raised is over."""
        if (alert := self._alerts.pop((kind, subject), None)) is not None:
            alert.cleared_at = at
            self._add(alert)

    async def run(self) -> None:
        """Writes rows as they come, for ever; waits out a database that is down."""
        while True:
            await self._has_rows.wait()
            if not await self.finish():
                await self._clock.sleep(RETRY_AFTER_S)

    async def finish(self) -> bool:
        """Writes what waits; False when the database did not take it."""
        try:
            while self._rows:
                await self._database.run(self._rows.save_next)
        except DatabaseError as error:
            logger.warning("the journal waits: %s", error)
            self._is_behind = True
            return False
        self._is_behind = False
        self._has_rows.clear()
        return True

    def _add(self, row: models.Model) -> None:
        self._rows.add(row)
        self._has_rows.set()


def _begin(feed: str, now: datetime) -> list[Switch]:
    Alert.objects.filter(feed=feed, cleared_at=None).update(cleared_at=now)
    return last_switches(feed, SWITCHES_SHOWN)
