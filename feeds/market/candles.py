"""Bars out of trades. Pure: the same trades in the same order give the same bars."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final, Protocol

import msgspec

MINUTE: Final = timedelta(minutes=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Execution(Protocol):
    """What a bar needs of a trade, fresh from a venue or out of the log."""

    @property
    def price(self) -> Decimal: ...
    @property
    def size(self) -> Decimal: ...
    @property
    def traded_at(self) -> datetime: ...


class Candle(msgspec.Struct, frozen=True, gc=False):
    """One bar: from `start_at` on, for one width. `volume` counts the base currency."""

    start_at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


def start_of(at: datetime, width: timedelta = MINUTE) -> datetime:
    """When the bar that holds this time starts; bars are aligned to 1970, so minutes to the clock."""
    return at - (at - _EPOCH) % width


def add(candle: Candle | None, trade: Execution, width: timedelta = MINUTE) -> Candle:
    """The forming bar after one more trade: the same bar grown, or the next one begun.

    A trade of an earlier bar, late from a slower venue, changes nothing: that bar is closed. It is stored all
    the same, so bars that are made from the database later include it.
    """
    start_at = start_of(trade.traded_at, width)
    if candle is None or start_at > candle.start_at:
        return Candle(start_at, trade.price, trade.price, trade.price, trade.price, trade.size)
    if start_at < candle.start_at:
        return candle
    return Candle(
        start_at,
        candle.open,
        max(candle.high, trade.price),
        min(candle.low, trade.price),
        trade.price,
        candle.volume + trade.size,
    )


def candles(trades: Iterable[Execution], width: timedelta = MINUTE) -> list[Candle]:
    """The bars of trades that come oldest first. A time without trades has no bar."""
    bars: list[Candle] = []
    for trade in trades:
        bar = add(bars[-1] if bars else None, trade, width)
        if bars and bars[-1].start_at == bar.start_at:
            bars[-1] = bar
        else:
            bars.append(bar)
    return bars
