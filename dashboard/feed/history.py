"""The last hours of trade in bars, for the chart: read from the database once for all browsers that ask together."""

from datetime import datetime, timedelta
from threading import Lock
from typing import Final, NamedTuple

import msgspec
from asgiref.sync import async_to_sync
from django.core.cache import cache

from dashboard.feed import conversion
from dashboard.feed.messages import Bar
from feeds.market.candles import MINUTE, start_of
from feeds.queries import FeedView, bars, last_bar_at
from feeds.storage import keys, latest
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown

KEPT_S: Final = 2
_reading: Final = Lock()


class Width(NamedTuple):
    """How long one bar is, and how far back they go."""

    bar: timedelta
    shown: timedelta

    @property
    def seconds(self) -> int:
        return int(self.bar.total_seconds())


WIDTHS: Final = {
    "1m": Width(MINUTE, timedelta(hours=4)),
    "5m": Width(timedelta(minutes=5), timedelta(hours=24)),
    "15m": Width(timedelta(minutes=15), timedelta(days=3)),
    "1h": Width(timedelta(hours=1), timedelta(days=10)),
    "4h": Width(timedelta(hours=4), timedelta(days=30)),
    "1d": Width(timedelta(days=1), timedelta(days=30)),
}


def encoded_bars(feed: FeedView, instrument: str, width: str, now: datetime) -> bytes:
    """JSON of the bars of one of the widths, oldest first. A new minute is read anew: another one is closed."""
    key = f"bars:{feed.name}:{instrument}:{width}:{start_of(now):%H:%M}"
    # One at a time: after a restart of this process every open page asks at once, each in a thread of its own.
    with _reading:
        encoded: bytes | None = cache.get(key)
        if encoded is None:
            encoded = msgspec.json.encode(_messages(feed, instrument, WIDTHS[width], now))
            cache.set(key, encoded, KEPT_S)
    return encoded


def _messages(feed: FeedView, instrument: str, width: Width, now: datetime) -> list[Bar]:
    """Bars up to the last trade, however long ago that was."""
    last_at = last_bar_at(instrument)
    if last_at is None:
        return []
    # Of the venue whose price is shown as far as it goes, then by priority.
    venues = list(dict.fromkeys([_shown_venue(feed.name, instrument), *(venue.code for venue in feed.venues)]))
    found = bars(instrument, width.bar, last_at - width.shown, now, venues)
    return [conversion.bar_message(instrument, bar) for bar in found]


@async_to_sync
async def _shown_venue(feed: str, instrument: str) -> str:
    """Whose price of the instrument is displayed; empty while no worker reports."""
    store = LiveStore()
    try:
        (encoded,) = await store.read([keys.feed(feed)])
    except RedisDown:
        return ""
    finally:
        await store.close()
    state = latest.decode_feed(encoded) if encoded else None
    return state.diverted.get(instrument, state.active) if state else ""
