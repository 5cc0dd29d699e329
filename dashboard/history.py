"""The last hour of trade in bars, for the chart: read from the database once for all browsers that ask together."""

from datetime import datetime, timedelta
from threading import Lock
from typing import Final

import msgspec
from django.core.cache import cache

from dashboard import conversion
from feeds.market.candles import Candle, candles, start_of
from feeds.market.validation import MAX_AHEAD
from feeds.queries import last_trade, recent_trades

SHOWN: Final = timedelta(minutes=60)
KEPT_S: Final = 2
_reading: Final = Lock()


def encoded_bars(instrument: str, now: datetime) -> bytes:
    """JSON of the one-minute bars, oldest first. A new minute is read anew: the bar that just closed is complete."""
    key = f"bars:{instrument}:{start_of(now):%H:%M}"
    # One at a time: after a restart of this process every open page asks at once, each in a thread of its own.
    with _reading:
        encoded: bytes | None = cache.get(key)
        if encoded is None:
            encoded = msgspec.json.encode([conversion.bar_message(instrument, bar) for bar in _bars(instrument, now)])
            cache.set(key, encoded, KEPT_S)
    return encoded


def _bars(instrument: str, now: datetime) -> list[Candle]:
    """Bars of the hour before the last trade. A trade from the future is in none of them and moves no window."""
    until_at = now + MAX_AHEAD
    last = last_trade(instrument, until_at)
    if last is None:
        return []
    return candles(recent_trades(instrument, start_of(last.traded_at) - SHOWN, until_at))
