"""Whether a feed spends its error budget too quickly: looked at once a minute, told as alerts (V-13)."""

import logging
from collections.abc import Callable
from typing import Final

from django.db import DatabaseError

from feeds.clock import Clock
from feeds.market.uptime import burning
from feeds.storage.database import DatabaseThread
from feeds.storage.uptime import uptime

logger = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 60.0


class Budget:
    """`alert` and `clear` are told of what begins and of what is over."""

    def __init__(
        self,
        subject: str,
        database: DatabaseThread,
        alert: Callable[[str, str, str], None],
        clear: Callable[[str, str], None],
        clock: Clock,
    ) -> None:
        self._subject = subject
        self._database = database
        self._alert = alert
        self._clear = clear
        self._clock = clock
        self._raised: set[str] = set()

    async def run(self) -> None:
        """For ever; a database that is down is asked again a minute later."""
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            try:
                await self.look()
            except DatabaseError as error:
                logger.warning("%s: its error budget cannot be read: %s", self._subject, error)

    async def look(self) -> None:
        """Tells what changed since the last time."""
        found = await self._database.run(uptime, [self._subject], self._clock.now())
        burns = {burn.kind: burn for burn in burning(found)}
        for kind in burns.keys() - self._raised:
            self._alert(kind, self._subject, burns[kind].text)
        for kind in self._raised - burns.keys():
            self._clear(kind, self._subject)
        self._raised = set(burns)
