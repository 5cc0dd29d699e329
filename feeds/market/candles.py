"""Bars out of trades, and longer bars out of those. Pure: the same trades in the same order give the same bars."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from enum import StrEnum
from functools import reduce
from itertools import groupby
from typing import Final, NamedTuple, Protocol

import msgspec
from msgspec.structs import replace

MINUTE: Final = timedelta(minutes=1)
# Trades of a minute are on their way to us, and to the database, for a moment after it is over.
GRACE: Final = timedelta(seconds=2)
# What bars are asked for in, by name.
WIDTHS: Final = {
    "1m": MINUTE,
    "5m": timedelta(minutes=5),
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "4h": timedelta(hours=4),
    "1d": timedelta(days=1),
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Python's own context would round a sum at 28 digits.
_WIDE: Final = Context(prec=60)


class Status(StrEnum):
    """How far a bar may be trusted; the later one wins where bars become a longer one."""

    CLOSED = "closed"
    FORMING = "forming"
    # Trades came after it was closed.
    REPAIRED = "repaired"
    # Trades are missing, for `gap_seconds`.
    PARTIAL = "partial"


_BY_TRUST: Final = tuple(Status)


class Execution(Protocol):
    """What a bar needs of a trade, fresh from a venue or out of the log."""

    @property
    def price(self) -> Decimal: ...
    @property
    def size(self) -> Decimal: ...
    @property
    def traded_at(self) -> datetime: ...


class Prices(msgspec.Struct, frozen=True, gc=False):
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal


class Candle(msgspec.Struct, frozen=True, gc=False):
    """One bar: from `start_at` on, for one width. `volume` counts the base currency.

    Without `prices` all that is known of it is that `gap_seconds` of it are missing. `venues` are those whose trades
    it is made of, where that is known.
    """

    start_at: datetime
    prices: Prices | None
    volume: Decimal
    trades: int
    status: Status = Status.FORMING
    gap_seconds: float = 0.0
    venues: tuple[str, ...] = ()


class Hole(NamedTuple):
    """A time without data; without an end it goes on."""

    from_at: datetime
    to_at: datetime | None


def start_of(at: datetime, width: timedelta = MINUTE) -> datetime:
    """When the bar that holds this time starts; bars are aligned to 1970, so minutes to the clock and days to UTC."""
    return at - (at - _EPOCH) % width


def is_over(start_at: datetime, now: datetime, width: timedelta = MINUTE) -> bool:
    """Whether no more trades of the bar are to be expected."""
    return now >= start_at + width + GRACE


def add(candle: Candle | None, trade: Execution) -> Candle:
    """The forming minute after one more trade: the same bar grown, or the next one begun.

    A trade of an earlier minute, late from a slower venue, changes nothing: that bar is closed. It is stored all
    the same, so bars that are made from the database later include it.
    """
    begun = Candle(start_of(trade.traded_at), _prices_of(trade), trade.size, 1)
    if candle is None or begun.start_at > candle.start_at:
        return begun
    return candle if begun.start_at < candle.start_at else _joined(candle, begun)


def minute(start_at: datetime, trades: Iterable[tuple[Decimal, Decimal]]) -> Candle:
    """The bar of a whole minute's prices and sizes, which come in the order in which they were traded."""
    rest = iter(trades)
    first = next(rest, None)
    if first is None:
        return Candle(start_at, None, Decimal(0), 0)
    opened, volume = first
    high = low = close = opened
    count = 1
    for close, size in rest:
        high, low = max(high, close), min(low, close)
        volume = _WIDE.add(volume, size)
        count += 1
    return Candle(start_at, Prices(opened, high, low, close), volume, count)


def seconds_missing(start_at: datetime, holes: Iterable[Hole], now: datetime) -> float:
    """How much of a minute lies in holes; what several have in common counts once, and one that goes on until now."""
    missing, counted_to = timedelta(0), start_at
    for from_at, to_at in sorted((hole.from_at, hole.to_at or now) for hole in holes):
        end = min(to_at, start_at + MINUTE)
        missing += max(timedelta(0), end - max(from_at, counted_to))
        counted_to = max(counted_to, end)
    return missing.total_seconds()


def status_of(was: Status, has_changed: bool, is_missing: bool, has_ended: bool) -> Status:
    """What a minute is when it is made again, by what it was and whether it has other trades since."""
    if is_missing:
        return Status.PARTIAL
    if not has_ended:
        return Status.FORMING
    if was is Status.FORMING:
        return Status.CLOSED
    return Status.REPAIRED if has_changed or was is Status.PARTIAL else was


def longer(minutes: Iterable[Candle], width: timedelta, now: datetime) -> list[Candle]:
    """The bars of a width, out of minutes that come oldest first."""
    spans = groupby(minutes, key=lambda candle: start_of(candle.start_at, width))
    return [_span(start_at, reduce(_joined, parts), is_over(start_at, now, width)) for start_at, parts in spans]


def _span(start_at: datetime, whole: Candle, has_ended: bool) -> Candle:
    """Minutes that are all closed need not be all of the span."""
    status = whole.status if has_ended else _worse(whole.status, Status.FORMING)
    return replace(whole, start_at=start_at, status=status)


def _joined(earlier: Candle, later: Candle) -> Candle:
    return Candle(
        earlier.start_at,
        _joined_prices(earlier.prices, later.prices),
        _WIDE.add(earlier.volume, later.volume),
        earlier.trades + later.trades,
        _worse(earlier.status, later.status),
        earlier.gap_seconds + later.gap_seconds,
        tuple(dict.fromkeys(earlier.venues + later.venues)),
    )


def _joined_prices(earlier: Prices | None, later: Prices | None) -> Prices | None:
    if earlier is None or later is None:
        return earlier or later
    return Prices(earlier.open, max(earlier.high, later.high), min(earlier.low, later.low), later.close)


def _prices_of(trade: Execution) -> Prices:
    return Prices(trade.price, trade.price, trade.price, trade.price)


def _worse(one: Status, other: Status) -> Status:
    return max(one, other, key=_BY_TRUST.index)
