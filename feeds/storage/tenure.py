"""A lease as its holder sees it from inside its loop: claimed, renewed by the loop that does the work, given back."""

from __future__ import annotations

import logging
from typing import Final

from django.db import DatabaseError

from feeds.clock import Clock
from feeds.storage import lease
from feeds.storage.database import DatabaseThread

logger = logging.getLogger(__name__)

_DURATION_S: Final = lease.DURATION.total_seconds()


class Tenure:
    """Made by `claim`. `has_database` is whether the last question to the database was answered."""

    def __init__(
        self, resource: str, holder: str, fence: int, database: DatabaseThread, clock: Clock, asked_at: float
    ) -> None:
        self.resource, self.fence = resource, fence
        self.has_database = True
        self._holder = holder
        self._database = database
        self._clock = clock
        self._asked_at = asked_at
        self._is_lost = False

    @classmethod
    async def claim(cls, resource: str, holder: str, database: DatabaseThread, clock: Clock) -> Tenure | None:
        """None while somebody else holds the lease."""
        asked_at = clock.monotonic()
        fence = await database.run(lease.claim, resource, holder)
        return None if fence is None else cls(resource, holder, fence, database, clock, asked_at)

    async def keep(self) -> None:
        """Renews, from the loop that does the work: a blocked loop loses its lease. Ends when it is lost."""
        while await self._renew():
            await self._clock.sleep(lease.RENEW_EVERY_S)
        self._is_lost = True
        logger.warning("%s stops: its lease is lost", self.resource)

    def may_publish(self) -> bool:
        """False once the lease is lost, and after a sleep in which it may have been, until the next renewal."""
        return not self._is_lost and self._clock.monotonic() - self._asked_at < _DURATION_S

    async def release(self) -> None:
        await self._database.run(lease.release, self.resource, self._holder, self.fence)

    async def _renew(self) -> bool:
        asked_at = self._clock.monotonic()
        try:
            is_ours = await self._database.run(lease.renew, self.resource, self._holder, self.fence)
            self.has_database = True
        except DatabaseError as error:
            # Trades are logged all the same. Should somebody else hold the lease, Redis refuses our newest state.
            logger.warning("%s cannot renew its lease: %s", self.resource, error)
            is_ours, self.has_database = True, False
        self._asked_at = asked_at
        return is_ours
