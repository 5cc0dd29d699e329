"""What of each instrument's trades at one venue is covered, and where some may be missing. Pure.

All sessions of the venue together are one stream, so that one which renews another leaves no hole. A hole is said
SETTLE_S after it showed, because trades may be late (E26): until then they make it smaller.
"""

import math
from collections.abc import Iterable
from typing import Final

from feeds.market.audit import Audit
from feeds.market.gap import Hole, Mark
from feeds.market.track import Track, ends
from feeds.types import Trade

AWAY: Final = "nobody listened: the feed was not running"
NOT_COMPARED: Final = "what was told could not be compared with REST in time"


class Coverage:
    """Hears every trade of a venue that can be true, repeats too, and every end of a session that told some."""

    def __init__(self, venue: str, has_consecutive_ids: bool, rows: int) -> None:
        """`rows` is what one call to the venue's REST brings."""
        self.audit = None if has_consecutive_ids else Audit(rows)
        self._venue = venue
        self._has_consecutive_ids = has_consecutive_ids
        self._tracks: dict[str, Track] = {}
        self._holes: list[Hole] = []

    def resume(self, instrument: str, mark: Mark) -> None:
        """The last trade that is stored from before this process; ignored once the instrument was heard."""
        if instrument not in self._tracks:
            self._tracks[instrument] = track = self._track(instrument, mark)
            track.begin_absence(AWAY, is_wanted=True)

    def trade(self, session: int, instrument: str, trade: Trade, now: float) -> None:
        """A trade of this session came."""
        first, last = ends(trade)
        track = self._tracks.get(instrument)
        is_new = track is None or track.hear(first, last, now)
        if track is None:
            self._tracks[instrument] = track = self._track(instrument, last)
        track.sessions.add(session)
        if is_new and self.audit is not None:
            self.audit.told(instrument, last, now)
        track.forget(0 if self.audit is None else self.audit.outstanding(instrument))

    def ended(self, session: int, reason: str, is_wanted: bool) -> None:
        """A session is over. What no other one tells is missing from its newest trade on."""
        for instrument, track in self._tracks.items():
            if track.leave(session):
                self._holes += [*track.settle(math.inf), track.begin_absence(reason, is_wanted)]
                if self.audit is not None:
                    self.audit.interrupted(instrument)

    def settle(self, now: float) -> list[Hole]:
        """The holes that nothing late can fill any more, those of an instrument in their order.

        One that goes on is said at once, and said again when it is over: the next one of its instrument is its end.
        """
        holes, self._holes = [*self._holes, *self._overdue()], []
        return holes + [hole for track in self._tracks.values() for hole in track.settle(now)]

    def _overdue(self) -> list[Hole]:
        """What an audit could not compare in time may have been sent in part: a hole like others."""
        stretches = [] if self.audit is None else self.audit.take_overdue()
        return [Hole(self._venue, *stretch[:3], NOT_COMPARED) for stretch in stretches]

    def unknown(self, instrument: str, trades: Iterable[Trade]) -> list[Trade]:
        """Those that are not among the last ones that were heard."""
        track = self._tracks.get(instrument)
        return [trade for trade in trades if track is None or not track.knows(trade.trade_id)]

    def learn(self, instrument: str, trades: Iterable[Trade]) -> None:
        """An audit brought these."""
        for trade in trades:
            self._tracks[instrument].remember(trade.trade_id)

    def _track(self, instrument: str, mark: Mark) -> Track:
        return Track(self._venue, instrument, mark, self._has_consecutive_ids)
