"""One instrument's trades at one venue: its newest one, and what is or may be missing of it. Pure."""

from collections import OrderedDict
from typing import Final, NamedTuple

from feeds.market.gap import Hole, Mark, by_time
from feeds.market.validation import LATE_IN_A_ROW, RENUMBERED_AFTER
from feeds.types import Trade

SETTLE_S: Final = 2.0
# Venues repeat some fifty trades after a subscription, a session that renews some seconds.
REMEMBERED_IDS: Final = 500
JUMP: Final = "ids jump"


class _Span(NamedTuple):
    """A hole that is not said yet. One that `ends_absence` is said, from its beginning, even if nothing is left."""

    hole: Hole
    due_at: float
    ends_absence: bool = False


class Track:
    """Hears every trade of all sessions that can be true, repeats too."""

    def __init__(self, venue: str, instrument: str, mark: Mark, is_consecutive: bool) -> None:
        self._venue = venue
        self._instrument = instrument
        self._newest = mark
        self.sessions: set[int] = set()
        self._absence: Hole | None = None
        self._is_consecutive = is_consecutive
        self._spans: list[_Span] = []
        self._late: list[Mark] = []
        self._known: OrderedDict[str, None] = OrderedDict({mark.trade_id: None})

    def hear(self, first: Mark, last: Mark, now: float) -> bool:
        """A trade by its first and its last id; whether it is new."""
        if last.trade_id in self._known:
            # Venues repeat their last trades. After the newest one nothing came; after another one ids have to tell.
            if self._is_consecutive or last.trade_id == self._newest.trade_id:
                self._return(self._newest, self._newest, now)
            return False
        self.remember(last.trade_id)
        if self._is_late(last):
            self._spans = [part for span in self._spans for part in self._without(span, first, last)]
            self._doubt_newest(last, now)
            return True
        if self._absence is not None:
            self._return(first, last, now)
        elif self._is_consecutive and not self._is_next(self._newest, first, last):
            # Where the venue numbers anew, the newest one does not tell what came before.
            is_anew = self._is_before(last, self._newest)
            self._jump(min(self._late, key=by_time) if is_anew and self._late else self._newest, first, now)
        self._newest, self._late = last, []
        return True

    def knows(self, trade_id: str) -> bool:
        return trade_id in self._known

    def remember(self, trade_id: str) -> None:
        self._known[trade_id] = None

    def forget(self, outstanding: int) -> None:
        """The oldest ids, but none of those that are to be compared still."""
        while len(self._known) > REMEMBERED_IDS + outstanding:
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

    def _doubt_newest(self, late: Mark, now: float) -> None:
        """So many late ones in a row are not late: the newest one was wrong. What they left out is looked for."""
        if self._is_consecutive:
            self._late.append(late)
        if len(self._late) == LATE_IN_A_ROW:
            oldest, newest = min(self._late, key=by_time), max(self._late, key=by_time)
            self._jump(oldest, newest, now)
            self._newest, self._late = newest, []

    def _jump(self, after: Mark, before: Mark, now: float) -> None:
        self._spans.append(_Span(Hole(self._venue, self._instrument, after, before, JUMP), now + SETTLE_S))

    def _is_late(self, mark: Mark) -> bool:
        is_renumbered = mark.traded_at - self._newest.traded_at > RENUMBERED_AFTER
        return self._is_before(mark, self._newest) and not is_renumbered

    def _without(self, span: _Span, first: Mark, last: Mark) -> list[_Span]:
        """What is left of a span when a late trade fell into it."""
        hole, before = span.hole, span.hole.before
        if before is None or self._is_before(last, hole.after) or not self._is_before(last, before):
            return [span]
        parts = [] if self._is_next(hole.after, first, last) else [span._replace(hole=hole._replace(before=first))]
        if span.ends_absence and not parts:
            parts = [span._replace(hole=hole._replace(before=hole.after))]
        if self._is_consecutive and not self._is_next(last, before, before):
            parts.append(_Span(hole._replace(after=last), span.due_at))
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


def ends(trade: Trade) -> tuple[Mark, Mark]:
    """The first and the last id that the trade stands for."""
    last = Mark(trade.trade_id, trade.traded_at)
    return (last._replace(trade_id=str(_number(last) - trade.count + 1)) if trade.count > 1 else last), last
