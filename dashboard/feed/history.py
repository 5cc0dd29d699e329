"""Bars for the chart, a page at a time: read from the database once for all browsers that ask together."""

from datetime import datetime, timedelta
from threading import Lock
from typing import Final, NamedTuple
from weakref import WeakValueDictionary

import msgspec
from asgiref.sync import async_to_sync

from dashboard import kept
from dashboard.feed import conversion
from dashboard.feed.messages import Bar
from feeds.market import candles
from feeds.market.candles import start_of
from feeds.queries import FeedView, bars, last_bar_at
from feeds.storage import keys, latest
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown

KEPT_S: Final = 2
# One reading of each page at a time: after a restart of this process every open page asks at once, each in a thread of
# its own. A lock is there for as long as somebody waits for it.
_readings: Final[WeakValueDictionary[str, Lock]] = WeakValueDictionary()
_begun: Final = Lock()


class Width(NamedTuple):
    """How long one bar is, and how far back one page of them goes: at most 500 bars, and a month of minutes."""

    bar: timedelta
    page: timedelta

    @property
    def seconds(self) -> int:
        return int(self.bar.total_seconds())


_PAGES: Final = {
    "1m": timedelta(hours=4),
    "5m": timedelta(hours=24),
    "15m": timedelta(days=3),
    "1h": timedelta(days=10),
    "4h": timedelta(days=30),
    "1d": timedelta(days=30),
}
WIDTHS: Final = {name: Width(bar, _PAGES[name]) for name, bar in candles.WIDTHS.items()}


def encoded_bars(
    feed: FeedView, instrument: str, width: str, now: datetime, before_at: datetime | None = None
) -> bytes:
    """JSON of a page of bars, oldest first: the newest ones, or those before a time; [] where history begins.

    A new minute is read anew: another one is closed.
    """
    end_at = before_at and start_of(before_at, WIDTHS[width].bar)
    key = f"bars:{feed.name}:{instrument}:{width}:{start_of(now):%H:%M}:{end_at and end_at.timestamp()}"
    with _begun:
        reading = _readings.setdefault(key, Lock())
    with reading:
        encoded: bytes | None = kept.kept(key, now)
        if encoded is None:
            encoded = msgspec.json.encode(_messages(feed, instrument, WIDTHS[width], now, end_at))
            kept.keep(key, encoded, now, KEPT_S)
    return encoded


def _messages(feed: FeedView, instrument: str, width: Width, now: datetime, before_at: datetime | None) -> list[Bar]:
    """Bars up to the last trade before that time, however long ago it was: nobody scrolls through empty pages."""
    last_at = last_bar_at(instrument, before_at)
    if last_at is None:
        return []
    # Of the venue whose price is shown as far as it goes, then by priority.
    venues = list(dict.fromkeys([_shown_venue(feed.name, instrument), *(venue.code for venue in feed.venues)]))
    found = bars(instrument, width.bar, last_at - width.page, now, venues, before_at)
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
