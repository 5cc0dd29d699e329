"""How far the price of a symbol usually goes within an hour, out of the bars of our own feeds."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from feeds.market.candles import start_of
from feeds.models import Instrument, Venue
from feeds.queries import bars
from positions.board.numbers import average_true_range
from positions.symbols import symbol_of

_HOUR: Final = timedelta(hours=1)
# Wilder's average forgets slowly: what was before these adds less than a tenth.
_LOOKED_BACK: Final = 48 * _HOUR


def hourly_ranges(symbols: Iterable[str], now: datetime) -> dict[str, Decimal]:
    """The average true range by symbol; without those that no feed follows, or not for long enough. Blocking.

    The bars are of spot markets: their hours move as those of the futures do, but for a small basis.
    """
    instruments = {symbol_of(code): code for code in Instrument.objects.values_list("code", flat=True)}
    venues = list(Venue.objects.values_list("code", flat=True))
    ranges = {symbol: _range(instruments[symbol], venues, now) for symbol in symbols if symbol in instruments}
    return {symbol: found for symbol, found in ranges.items() if found is not None}


def _range(instrument: str, venues: list[str], now: datetime) -> Decimal | None:
    """Of the hours that are over."""
    found = bars(instrument, _HOUR, now - _LOOKED_BACK, now, venues)
    return average_true_range([bar.prices for bar in found if bar.prices and bar.start_at < start_of(now, _HOUR)])
