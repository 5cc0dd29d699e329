"""Bars are made beside one of the two logs: the primary's, or the other one while nobody drains the primary's."""

from datetime import datetime
from typing import Final

from feeds.clock import Clock
from feeds.storage import epoch
from feeds.storage.bars import CandleMaker
from feeds.storage.servers import PRIMARY

_LOOK_EVERY_S: Final = 2.0


class BarTurn:
    """Makes bars where it is this log's turn. Blocking calls."""

    def __init__(self, server: str, clock: Clock) -> None:
        self._server = server
        self._clock = clock
        self._candles = CandleMaker(clock)
        self.join()

    def join(self) -> None:
        """The primary's log may have waited for the same database, and its drain goes first."""
        self._is_ours = self._server == PRIMARY
        self._look_at = self._clock.monotonic() + epoch.HEARD_WITHIN.total_seconds()

    def step(self, stored_until: datetime) -> None:
        """Makes some, of minutes that are stored."""
        now = self._clock.monotonic()
        if now >= self._look_at:
            self._look_at = now + _LOOK_EVERY_S
            self._is_ours = epoch.makes_bars(self._server, self._clock.now())
        if self._is_ours:
            self._candles.step(stored_until)
