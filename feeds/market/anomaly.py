"""Whether the price of a trade can be true, by its venue's own last ones and by the other venues. Pure.

What looks wrong is held, not thrown away: the caller records it at once with the reason, and once more without it
when it is released. What nobody confirms within 10 s is forgotten here.
"""

import math
from collections import deque
from collections.abc import Sequence
from decimal import Decimal
from statistics import median
from typing import Final, Generic, NamedTuple, TypeVar

from feeds.market.consensus import FRESH_S
from feeds.market.reference import FAR, MAD_SCALE, Point, Reference

OFF_MARKET: Final = "off_market"
# A venue that was silent for longer is not held against what it said before.
KNOWN_S: Final = 60.0
SECONDED_WITHIN_S: Final = 2.0
STANDS_AFTER_S: Final = 3.0
STANDS_AFTER_TRADES: Final = 3
HELD_S: Final = 10.0
# Of each venue: three seconds of the fastest tape. Older ones are forgotten before their time.
HELD_AT_MOST: Final = 10_000
_NEAR: Final = 0.0050
_MADS: Final = 5.0
_NEXT_TO: Final = 0.01

T = TypeVar("T")


class Judgement(NamedTuple, Generic[T]):
    """`reason` is "" for a trade that is believed, else jump, outlier or off_market.

    `released` are trades, of any venue, oldest first, that were held until this one confirmed them.
    """

    reason: str
    released: tuple[T, ...] = ()


class Anomaly(Generic[T]):
    """Judges the trades of one instrument, over all the venues of a feed.

    What another venue that was heard in the last 5 s says too is believed. What no other says is not where the venue's
    own last prices object, nor where two or more others are heard; one other alone may be the wrong one. Held trades
    are released by another venue that comes to the same level within 2 s, or by the venue itself when it stands by
    them for 3 s and nobody contradicts.
    """

    def __init__(self) -> None:
        self._venues: dict[str, _Venue[T]] = {}

    def judge(self, venue: str, trade: T, price: Decimal, now: float) -> Judgement[T]:
        """The next trade of a venue, that is in order otherwise; monotonic seconds."""
        own = self._venues.get(venue)
        if own is None:
            own = self._venues[venue] = _Venue()
        level = own.hear(price, now)
        said = [last for other in self._venues.values() if other is not own and (last := other.fresh(now))]
        near = _near([point.level for point in said], own.reference.two_ticks(level))
        point = Point(now, level)
        reason = _objection(own, said, point, near)
        if reason and not self._is_confirmed(own, said, point, near):
            own.held.append(_Held(now, level, trade))
            return Judgement(reason)
        released = self._release(own, point, near)
        own.accept(point)
        return Judgement("", released)

    def take_unconfirmed(self, venue: str) -> int:
        """How many trades of a venue were held and forgotten since the last time: nobody said the same."""
        own = self._venues.get(venue)
        if own is None:
            return 0
        count, own.unconfirmed = own.unconfirmed, 0
        return count

    def _is_confirmed(self, own: "_Venue[T]", said: Sequence[Point], point: Point, near: float) -> bool:
        """Whether another venue came to this level as well, or this one stands by it and nobody contradicts."""
        own.run.extend(point)
        if any(other.run.reaches(point, near) for other in self._venues.values() if other is not own):
            return True
        return own.run.stands and all(other.at <= own.run.began_at for other in said)

    def _release(self, own: "_Venue[T]", point: Point, near: float) -> tuple[T, ...]:
        """What this venue held before it came to this level, and what another one held that was here before."""
        released: list[_Held[T]] = []
        for venue in self._venues.values():
            is_on_its_way = venue is own and not own.run.is_broken
            if venue.held and (is_on_its_way or venue.run.reaches(point, near)):
                released += venue.release(point, near)
        released.sort(key=_held_at)
        return tuple(held.trade for held in released)


class _Held(NamedTuple, Generic[T]):
    at: float
    level: float
    trade: T


class _Run:
    """Held trades of a venue in a row, each within 1 % of the one before it: the market may move on meanwhile.

    It is broken by a trade that is believed: what is held after that is another run.
    """

    def __init__(self) -> None:
        self.trades = 0
        self.began_at = self.ended_at = -math.inf
        self.low = self.high = self._last = 0.0
        self.is_broken = True

    @property
    def stands(self) -> bool:
        return self.trades >= STANDS_AFTER_TRADES and self.ended_at - self.began_at >= STANDS_AFTER_S

    def extend(self, point: Point) -> None:
        if self.is_broken or abs(point.level - self._last) > _NEXT_TO:
            self.trades, self.began_at, self.is_broken = 0, point.at, False
            self.low = self.high = point.level
        self.trades += 1
        self.ended_at, self._last = point.at, point.level
        self.low, self.high = min(self.low, point.level), max(self.high, point.level)

    def reaches(self, point: Point, near: float) -> bool:
        """Whether it was at this level too, not long before."""
        is_recent = point.at - self.ended_at <= SECONDED_WITHIN_S
        return is_recent and self.low - near <= point.level <= self.high + near


class _Venue(Generic[T]):
    """What one venue said: what is believed of it, and what is held."""

    def __init__(self) -> None:
        self.reference = Reference()
        self.held: deque[_Held[T]] = deque(maxlen=HELD_AT_MOST)
        self.run = _Run()
        self.unconfirmed = 0
        self._heard_at = -math.inf

    def hear(self, price: Decimal, now: float) -> float:
        if now - self._heard_at > KNOWN_S:
            self.reference.clear()
        self._heard_at = now
        while self.held and now - self.held[0].at > HELD_S:
            self.held.popleft()
            self.unconfirmed += 1
        return self.reference.read(price)

    def fresh(self, now: float) -> Point | None:
        """The last that is believed of it, if it is not old."""
        last = self.reference.last
        return last if last and now - last.at <= FRESH_S else None

    def accept(self, point: Point) -> None:
        self.reference.add(point.level, point.at)
        self.run.is_broken = True

    def release(self, point: Point, near: float) -> list[_Held[T]]:
        """Hands out what lies on the way from the last believed price to this level; the rest stays held."""
        low, high = self._way(point, near)
        live = [held for held in self.held if point.at - held.at <= HELD_S]
        released = [held for held in live if low <= held.level <= high]
        self.held = deque((held for held in live if not low <= held.level <= high), HELD_AT_MOST)
        if released and not self.run.is_broken:
            self.reference.restart(Point(held.at, held.level) for held in released)
            self.run.is_broken = True
        return released

    def _way(self, point: Point, near: float) -> tuple[float, float]:
        """Lowest and highest of it: also what a run that came here went through since."""
        last = self.reference.last or point
        ends = [point.level, last.level]
        if self.run.reaches(point, near):
            ends += [self.run.low, self.run.high]
        return min(ends) - near, max(ends) + near


def _objection(own: _Venue[T], said: Sequence[Point], point: Point, near: float) -> str:
    if any(abs(point.level - other.level) <= near for other in said):
        return ""
    return own.reference.objection(point.level, point.at) or (OFF_MARKET if len(said) > 1 else "")


def _near(levels: Sequence[float], two_ticks: float) -> float:
    """How far apart venues may be and say the same: 50 bps, more where they differ among themselves."""
    return max(_NEAR, two_ticks, min(_MADS * MAD_SCALE * _deviation(levels), FAR))


def _deviation(levels: Sequence[float]) -> float:
    if len(levels) < 2:
        return 0.0
    middle = median(levels)
    return median([abs(level - middle) for level in levels])


def _held_at(held: _Held[T]) -> float:
    return held.at
