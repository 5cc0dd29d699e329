"""Who trades how much, bucket by bucket: what takers bought and sold, at which venues (V-03). Pure.

A bucket is a second or a minute by the venues' clocks. Delta is what takers bought less what they sold, CVD its sum
from the first bucket on. Of V-03's patterns there are two: *one-sided* (|delta| is at least 0.7 of the volume, five
buckets in a row) and *spike* (the volume's robust z = (x - median) / (1.4826 * MAD) is at least 3 over the buckets
before it).
Both are told of buckets that are over.
"""

from collections.abc import Sequence
from decimal import Context, Decimal
from enum import StrEnum
from functools import reduce
from itertools import accumulate
from statistics import median
from typing import Final, NamedTuple, Protocol

import msgspec

from feeds.market.candles import Execution
from feeds.types import Side

SECOND_S: Final = 1
MINUTE_S: Final = 60
ONE_SIDED: Final = Decimal("0.7")
ONE_SIDED_BUCKETS: Final = 5
SPIKE_Z: Final = Decimal(3)
# A z of ten is as strong as it gets.
FULL_Z: Final = Decimal(10)
# What is usual is not known from fewer.
LEAST_BEFORE: Final = 15
# The standard deviation of a normal distribution by its median absolute deviation.
_MAD_TO_SIGMA: Final = Decimal("1.4826")
# Python's own context would round a sum at 28 digits.
_WIDE: Final = Context(prec=60)
_ZERO: Final = Decimal(0)
_add: Final = _WIDE.add


class Print(Execution, Protocol):
    """What a flow needs of a trade."""

    @property
    def venue(self) -> str: ...
    @property
    def side(self) -> Side: ...


class Bucket(msgspec.Struct):
    """What was traded from `start`, in seconds since 1970, for one width. `notional` counts the quote currency.

    It grows: three hundred trades a second go through here.
    """

    start: int
    buy: Decimal = _ZERO
    sell: Decimal = _ZERO
    notional: Decimal = _ZERO
    trades: int = 0
    venues: dict[str, Decimal] = {}

    def add(self, trade: Print) -> None:
        if trade.side is Side.BUY:
            self.buy = _add(self.buy, trade.size)
        else:
            self.sell = _add(self.sell, trade.size)
        self.notional = _add(self.notional, _WIDE.multiply(trade.price, trade.size))
        self.trades += 1
        self.venues[trade.venue] = _add(self.venues.get(trade.venue, _ZERO), trade.size)

    def join(self, other: "Bucket") -> None:
        self.buy, self.sell = _add(self.buy, other.buy), _add(self.sell, other.sell)
        self.notional = _add(self.notional, other.notional)
        self.trades += other.trades
        for venue, volume in other.venues.items():
            self.venues[venue] = _add(self.venues.get(venue, _ZERO), volume)

    @property
    def volume(self) -> Decimal:
        return _add(self.buy, self.sell)

    @property
    def delta(self) -> Decimal:
        return _WIDE.subtract(self.buy, self.sell)

    @property
    def vwap(self) -> Decimal | None:
        return self.notional / self.volume if self.volume else None


class Kind(StrEnum):
    ONE_SIDED = "one-sided"
    SPIKE = "spike"


class Pattern(NamedTuple):
    """Something that stands out, from one time to another in seconds since 1970; `strength` is between 0 and 1."""

    kind: Kind
    start: int
    end: int
    strength: Decimal
    side: Side
    venues: tuple[str, ...]


class Flow:
    """The buckets of one width; the newest `kept` of them stay. Trades come in any order."""

    def __init__(self, width_s: int, kept: int) -> None:
        self.width_s = width_s
        self._kept = kept
        self._buckets: dict[int, Bucket] = {}

    def add(self, trade: Print, second: int) -> None:
        """A trade of this second."""
        self._bucket(second - second % self.width_s).add(trade)

    def join(self, other: "Flow") -> None:
        """Adds other trades that were put into buckets of the same width."""
        for bucket in other._buckets.values():
            self._bucket(bucket.start).join(bucket)

    def until(self, second: int) -> list[Bucket]:
        """The buckets up to the one of this second, oldest first; those in which nothing was traded too."""
        last = second - second % self.width_s
        oldest = last - (self._kept - 1) * self.width_s
        begun = max(oldest, min(self._buckets, default=last + self.width_s))
        return [self._buckets.get(start, Bucket(start)) for start in range(begun, last + 1, self.width_s)]

    def _bucket(self, start: int) -> Bucket:
        if (bucket := self._buckets.get(start)) is None:
            bucket = self._buckets[start] = Bucket(start)
            if len(self._buckets) > 2 * self._kept:
                for old in sorted(self._buckets)[: -self._kept]:
                    del self._buckets[old]
        return bucket


def cumulative(buckets: Sequence[Bucket], before: Decimal = _ZERO) -> list[Decimal]:
    """CVD at the end of each bucket, from what it was before the first one."""
    return list(accumulate((bucket.delta for bucket in buckets), _add, initial=before))[1:]


def delta(buckets: Sequence[Bucket]) -> Decimal:
    """What takers bought less what they sold in all of them."""
    return reduce(_add, (bucket.delta for bucket in buckets), _ZERO)


def patterns(buckets: Sequence[Bucket], width_s: int) -> list[Pattern]:
    """What stands out in buckets that are over and come oldest first: oldest first."""
    found = [*_one_sided(buckets, width_s), *_spikes(buckets, width_s)]
    return sorted(found, key=lambda pattern: (pattern.end, pattern.kind))


def _one_sided(buckets: Sequence[Bucket], width_s: int) -> list[Pattern]:
    """Runs of five buckets and more, each as one pattern as strong as its weakest bucket."""
    found: list[Pattern] = []
    run: list[Bucket] = []
    for bucket in [*buckets, Bucket(0)]:
        if run and _leaning(bucket) is not _leaning(run[0]):
            if len(run) >= ONE_SIDED_BUCKETS:
                found.append(_pattern(Kind.ONE_SIDED, run, width_s, min(map(_share, run))))
            run = []
        if _leaning(bucket):
            run.append(bucket)
    return found


def _leaning(bucket: Bucket) -> Side | None:
    if _share(bucket) < ONE_SIDED:
        return None
    return Side.BUY if bucket.delta > 0 else Side.SELL


def _share(bucket: Bucket) -> Decimal:
    return abs(bucket.delta) / bucket.volume if bucket.volume else _ZERO


def _spikes(buckets: Sequence[Bucket], width_s: int) -> list[Pattern]:
    volumes = [bucket.volume for bucket in buckets]
    zs = [robust_z(volume, volumes[:place]) for place, volume in enumerate(volumes)]
    return [
        _pattern(Kind.SPIKE, [bucket], width_s, min(z / FULL_Z, Decimal(1)))
        for bucket, z in zip(buckets, zs, strict=True)
        if z is not None and z >= SPIKE_Z
    ]


def robust_z(value: Decimal, before: Sequence[Decimal]) -> Decimal | None:
    """How unusual a value is; None where too little is known, or where nothing ever varied."""
    if len(before) < LEAST_BEFORE:
        return None
    middle = median(before)
    deviation = median(abs(each - middle) for each in before)
    return (value - middle) / (_MAD_TO_SIGMA * deviation) if deviation else None


def _pattern(kind: Kind, buckets: Sequence[Bucket], width_s: int, strength: Decimal) -> Pattern:
    side = Side.BUY if delta(buckets) >= 0 else Side.SELL
    venues = dict.fromkeys(venue for bucket in buckets for venue in bucket.venues)
    return Pattern(kind, buckets[0].start, buckets[-1].start + width_s, strength, side, tuple(venues))
