"""The last believed quote of each second, of each instrument at each venue, on its way to the log.

What comes between two of them is newest state only: a book may change hundreds of times a second.
"""

import logging
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from feeds.clock import Clock
from feeds.storage.logged import LoggedQuote
from feeds.storage.recorder import Recorder
from feeds.types import Quote

logger = logging.getLogger(__name__)

SECOND_S: Final = 1.0
# Wait while the recorder is full: seven venues of some ten instruments for a minute or two. Later ones are dropped.
MOST_WAITING: Final = 10_000
_SECOND: Final = timedelta(seconds=SECOND_S)

Place = tuple[str, str]


@dataclass(slots=True)
class _Sample:
    """The last quote of one second so far."""

    second_at: datetime
    quote: Quote
    received_at: datetime

    def holds(self, at: datetime) -> bool:
        return self.second_at <= at < self.second_at + _SECOND


class Sampler:
    """A second without a quote leaves no sample. The seconds are those of our clock, which every quote has."""

    def __init__(self, recorder: Recorder, clock: Clock) -> None:
        self._recorder = recorder
        self._clock = clock
        self._last: dict[Place, _Sample] = {}
        self._over: deque[LoggedQuote] = deque()
        # Since the last time that nothing waited.
        self._dropped = 0

    def note(self, venue: str, instrument: str, quote: Quote, received_at: datetime) -> None:
        """Never waits: it is called for every quote."""
        place = (venue, instrument)
        sample = self._last.get(place)
        if sample is not None and sample.holds(received_at):
            sample.quote, sample.received_at = quote, received_at
            return
        self._end(place)
        self._last[place] = _Sample(received_at.replace(microsecond=0), quote, received_at)

    async def run(self) -> None:
        """Records every second those of the seconds that are over, for ever; waits while the recorder is full."""
        while True:
            await self._clock.sleep(SECOND_S)
            now = self._clock.now()
            await self._record([place for place, sample in self._last.items() if not sample.holds(now)])

    def finish(self) -> None:
        """Records those of the second that is not over, too. Nobody makes room any more: what finds none is lost."""
        for place in list(self._last):
            self._end(place)
        while self._over and self._recorder.try_add(self._over[0]):
            self._over.popleft()
        if self._over:
            logger.error("the sampler stops with %d quotes that the recorder had no room for", len(self._over))
            self._over.clear()
        self._tell_dropped()

    async def _record(self, places: list[Place]) -> None:
        for place in places:
            self._end(place)
        while self._over:
            await self._recorder.add(self._over[0])
            self._over.popleft()
        self._tell_dropped()

    def _end(self, place: Place) -> None:
        """The second of its sample, where it has one."""
        sample = self._last.pop(place, None)
        if sample is None:
            return
        if len(self._over) >= MOST_WAITING:
            self._dropped += 1
            return
        quote = sample.quote
        sides = (quote.bid, quote.bid_size, quote.ask, quote.ask_size)
        self._over.append(LoggedQuote(*place, *sides, quote.quoted_at, sample.received_at))

    def _tell_dropped(self) -> None:
        """Once what waited is recorded, or given up: only then it is known how many there were."""
        if self._dropped:
            logger.warning("%d quotes were dropped: %d others waited for the recorder", self._dropped, MOST_WAITING)
            self._dropped = 0
