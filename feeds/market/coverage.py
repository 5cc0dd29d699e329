"""What of each instrument's trades at one venue is covered, and where some may be missing. Pure.

All sessions of the venue together are one stream, so that one which renews another leaves no hole. A hole is said
SETTLE_S after it showed, because trades may be late (E26): until then they make it smaller.
"""

import math
from collections import OrderedDict
from collections.abc import Iterable
from datetime import timedelta
from typing import Final, NamedTuple

from feeds.market.audit import Audit
from feeds.market.gap import Mark, by_time
from feeds.types import Trade

SETTLE_S: Final = 2.0
# Of each instrument. Venues repeat some fifty trades after a subscription, a session that renews some seconds.
REMEMBERED_IDS: Final = 500
# A lower id that is so much later by the venue's own clock is not late: the venue numbers anew.
RENUMBERED_AFTER: Final = timedelta(seconds=60)
JUMP: Final = "ids jump"
AWAY: Final = "nobody listened: the feed was not running"


class Hole(NamedTuple):
    """Trades may be missing, strictly between two: none where they are the same one. Without `before` it goes on."""

    venue: str
    instrument: str
    after: Mark
    before: Mark | None
    reason: str
    is_wanted: bool = True


class Coverage:
    """Hears every trade of a venue that can be true, repeats too, and every end of a session that told some."""

    def __init__(self, venue: str, has_consecutive_ids: bool, rows: int) -> None:
        """`rows` is what one call to the venue's REST brings."""
        self.audit = None if has_consecutive_ids else Audit(rows)
        self._venue = venue
        self._has_consecutive_ids = has_consecutive_ids
        self._tracks: dict[str, _Track] = {}
        self._holes: list[Hole] = []

    def resume(self, instrument: str, mark: Mark) -> None:
        """The last trade that is stored from before this process; ignored once the instrument was heard."""
        if instrument not in self._tracks:
            self._tracks[instrument] = track = self._track(instrument, mark)
            track.begin_absence(AWAY, is_wanted=True)

    def trade(self, session: int, instrument: str, trade: Trade, now: float) -> None:
        """A trade of this session came."""
        first, last = _ends(trade)
        track = self._tracks.get(instrument)
        is_new = track is None or track.hear(first, last, now)
        if track is None:
            self._tracks[instrument] = track = self._track(instrument, last)
        track.sessions.add(session)
        if is_new and self.audit is not None:
            self.audit.told(instrument, last, now)

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
        holes, self._holes = self._holes, []
        return holes + [hole for track in self._tracks.values() for hole in track.settle(now)]

    def unknown(self, instrument: str, trades: Iterable[Trade]) -> list[Trade]:
        """Those that are not among the last ones that were heard."""
        track = self._tracks.get(instrument)
        return [trade for trade in trades if track is None or not track.knows(trade.trade_id)]

    def learn(self, instrument: str, trades: Iterable[Trade]) -> None:
        """An audit brought these."""
        for trade in trades:
            self._tracks[instrument].remember(trade.trade_id)

    def _track(self, instrument: str, mark: Mark) -> "_Track":
        return _Track(self._venue, instrument, mark, self._has_consecutive_ids)


class _Span(NamedTuple):
    """A hole that is not said yet. One that `ends_absence` is said even if nothing of it is left."""

    hole: Hole
    due_at: float
    ends_absence: bool = False


class _Track:
    """One instrument: its newest trade, and what is or may be missing of it."""

    def __init__(self, venue: str, instrument: str, mark: Mark, is_consecutive: bool) -> None:
        self._venue = venue
        self._instrument = instrument
        self._newest = mark
        self.sessions: set[int] = set()
        self._absence: Hole | None = None
        self._is_consecutive = is_consecutive
        self._spans: list[_Span] = []
        self._known: OrderedDict[str, None] = OrderedDict({mark.trade_id: None})

    def hear(self, first: Mark, last: Mark, now: float) -> bool:
        """A trade by its first and its last id; whether it is new."""
        if last.trade_id in self._known:
            # Venues repeat their last trades: nothing came after this one.
            self._return(self._newest, self._newest, now)
            return False
        self.remember(last.trade_id)
        if self._is_late(last):
            self._spans = [part for span in self._spans for part in self._without(span, first, last)]
            return True
        if self._absence is not None:
            self._return(first, last, now)
        elif self._is_consecutive and not self._is_next(self._newest, first, last):
            jump = Hole(self._venue, self._instrument, self._newest, first, JUMP)
            self._spans.append(_Span(jump, now + SETTLE_S))
        self._newest = last
        return True

    def knows(self, trade_id: str) -> bool:
        return trade_id in self._known

    def remember(self, trade_id: str) -> None:
        self._known[trade_id] = None
        if len(self._known) > REMEMBERED_IDS:
            self._known.popitem(last=False)

    def leave(self, session: int) -> bool:
        """Whether it was the last session that told of this instrument."""
        was_last = self.sessions == {session}
        self.sessions.discard(session)
        return was_last

    def begin_absence(self, reason: str, is_wanted: bool) -> Hole:
        """From its newest trade on."""
        self._absence = Hole(self._venue, self._instrument, self._newest, None, reason, is_wanted)
        return self._absence

    def settle(self, now: float) -> list[Hole]:
        due = [span.hole for span in self._spans if span.due_at <= now]
        self._spans = [span for span in self._spans if span.due_at > now]
        return due

    def _return(self, first: Mark, last: Mark, now: float) -> None:
        if self._absence is None:
            return
        is_empty = self._is_next(self._absence.after, first, last)
        hole = self._absence._replace(before=self._absence.after if is_empty else first)
        self._spans.append(_Span(hole, now + SETTLE_S, ends_absence=True))
        self._absence = None

    def _is_late(self, mark: Mark) -> bool:
        is_renumbered = mark.traded_at - self._newest.traded_at > RENUMBERED_AFTER
        return self._is_before(mark, self._newest) and not is_renumbered

    def _without(self, span: _Span, first: Mark, last: Mark) -> list[_Span]:
        """What is left of a span when a late trade fell into it."""
        hole, before = span.hole, span.hole.before
        if before is None or self._is_before(last, hole.after) or not self._is_before(last, before):
            return [span]
        parts = [] if self._is_next(hole.after, first, last) else [span._replace(hole=hole._replace(before=first))]
        if self._is_consecutive and not self._is_next(last, before, before):
            parts.append(span._replace(hole=hole._replace(after=last), ends_absence=span.ends_absence and not parts))
        if span.ends_absence and not parts:
            return [span._replace(hole=hole._replace(before=hole.after))]
        return parts

    def _is_before(self, mark: Mark, other: Mark) -> bool:
        """By id where ids tell, else by the venue's clock."""
        if self._is_consecutive:
            return _number(mark) < _number(other)
        return by_time(mark) < by_time(other)

    def _is_next(self, mark: Mark, first: Mark, last: Mark) -> bool:
        """Whether nothing can be between a mark and a trade by its ends."""
        return self._is_consecutive and _number(first) <= _number(mark) + 1 <= _number(last)


def _number(mark: Mark) -> int:
    return int(mark.trade_id)


def _ends(trade: Trade) -> tuple[Mark, Mark]:
    """The first and the last id that the trade stands for."""
    last = Mark(trade.trade_id, trade.traded_at)
    return (last._replace(trade_id=str(_number(last) - trade.count + 1)) if trade.count > 1 else last), last
