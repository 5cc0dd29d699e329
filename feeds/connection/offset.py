"""How far each venue's clock is from ours, asked over REST every five minutes by the method of Cristian (1989)."""

import logging
from collections.abc import Callable, Iterable
from typing import Final

from feeds.clock import Clock
from feeds.connection.rest import RestClient
from feeds.errors import BadFrame, SessionEnded

logger = logging.getLogger(__name__)

ASK_EVERY_S: Final = 300.0
# Never two venues at once, and the next one a moment later.
ASK_APART_S: Final = 2.0


class Offset:
    """What the connected venues said last. Of one whose last call failed nothing is known."""

    def __init__(
        self,
        connected: Callable[[], Iterable[str]],
        client_of: Callable[[str], RestClient],
        on_skew: Callable[[str, float], None],
        clock: Clock,
    ) -> None:
        self._connected = connected
        self._client_of = client_of
        self._on_skew = on_skew
        self._clock = clock
        self._asked: dict[str, float] = {}
        self._skews: dict[str, float] = {}

    def skew(self, venue: str) -> float | None:
        """Seconds that the venue's clock is ahead of ours; None where it could not be asked."""
        return self._skews.get(venue)

    async def run(self) -> None:
        """Asks one venue after the other, for ever; each as soon as it is connected, if that was not lately."""
        while True:
            if (venue := self._due()) is not None:
                await self._ask(venue)
            await self._clock.sleep(ASK_APART_S)

    def _due(self) -> str | None:
        """The venue that was not asked for longest, if that is long enough."""
        latest = self._clock.monotonic() - ASK_EVERY_S
        due = [venue for venue in self._connected() if self._asked.get(venue, latest) <= latest]
        return min(due, key=lambda venue: self._asked.get(venue, -1.0), default=None)

    async def _ask(self, venue: str) -> None:
        self._asked[venue] = self._clock.monotonic()
        try:
            skew = await self._client_of(venue).skew()
        except (SessionEnded, BadFrame) as error:
            logger.info("%s does not say what time it is: %s", venue, error)
            self._skews.pop(venue, None)
            return
        self._skews[venue] = skew
        self._on_skew(venue, skew)
