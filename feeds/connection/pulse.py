"""What a feed looks at once a second: how restless prices are, whose clock is off, and whether all is well."""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from feeds.clock import Clock
from feeds.connection.board import Board
from feeds.connection.events import Event, Skewed, Unsettled
from feeds.connection.handover import STALE_AFTER_S
from feeds.connection.rhythm import CEILING_S
from feeds.market.volatility import Volatility
from feeds.storage.latest import VenueState
from feeds.storage.uptime import UptimeRecorder

BEAT_S: Final = 1.0
# A price that somebody else confirms: what the objective of 99.99 % counts.
_CONFIRMED: Final = ("consensus", "agreed")
_NOT_WANTED: Final = ("idle", "disabled")


class Pulse:
    """Tells the supervisor of restless prices and wrong clocks, and the uptime of every second."""

    def __init__(
        self, feed: str, board: Board, uptime: UptimeRecorder, hear: Callable[[Event], None], clock: Clock
    ) -> None:
        self._feed = feed
        self._board = board
        self._uptime = uptime
        self._hear = hear
        self._clock = clock
        self._volatilities: dict[str, Volatility] = defaultdict(Volatility)
        self._more_standbys = 0

    async def run(self, wells: Callable[[], dict[str, bool]]) -> None:
        """Beats once a second, for ever. `wells` says of further subjects whether they are well."""
        while True:
            self.beat(wells())
            await self._clock.sleep(BEAT_S)

    def beat(self, wells: dict[str, bool]) -> None:
        self._note_prices()
        if skews := self._board.venues.skews():
            self._hear(Skewed(skews))
        venues = {f"venue:{self._feed}:{code}": is_well for code, is_well in self._venues().items()}
        self._uptime.sample({f"feed:{self._feed}": self._is_well(), **venues, **wells}, self._clock.now())

    def _note_prices(self) -> None:
        now = self._clock.monotonic()
        wanted = 0
        for instrument in self._board.instruments:
            volatility = self._volatilities[instrument]
            if (shown := self._board.shown(instrument)) is not None:
                volatility.note(shown.trade.price, now)
            wanted = max(wanted, volatility.more_standbys(now))
        if wanted != self._more_standbys:
            self._more_standbys = wanted
            self._hear(Unsettled(wanted))

    def _is_well(self) -> bool:
        """More than half of the feed's prices are fresh, and somebody else confirms them (V-13)."""
        instruments = self._board.instruments
        return 2 * sum(self._is_confirmed(instrument) for instrument in instruments) > len(instruments)

    def _is_confirmed(self, instrument: str) -> bool:
        shown = self._board.shown(instrument) if self._board.source(instrument) else None
        if shown is None or self._clock.now() - shown.seen_at > timedelta(seconds=STALE_AFTER_S):
            return False
        passport = self._board.passport(instrument)
        return passport is not None and passport.status in _CONFIRMED

    def _venues(self) -> dict[str, bool]:
        """Of every venue that is wanted."""
        seen_at = {code: self._board.seen_at(code) for code in self._board.venues.codes()}
        states = self._board.venues.states(seen_at)
        return {state.venue: self._delivers(state) for state in states if state.state not in _NOT_WANTED}

    def _delivers(self, state: VenueState) -> bool:
        is_fresh = state.seen_at is not None and self._clock.now() - state.seen_at < timedelta(seconds=CEILING_S)
        return state.state == "connected" and is_fresh
