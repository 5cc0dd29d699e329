"""What a hub can read: the feeds, the accounts, and what clients publish."""

from dashboard.accounts.reader import AccountReader
from dashboard.delivery import Delivery
from dashboard.feed.parts import AlertLine
from dashboard.feed.source import FeedSource
from dashboard.hub import SourceName
from dashboard.published import PublishedSource
from dashboard.pulse import Abouts, Source
from dashboard.system.banner import lines
from dashboard.system.watch import WATCH
from feeds.clock import SystemClock
from feeds.storage.live import LiveStore

FEED, ACCOUNTS, PUBLISHED = "feed", "accounts", "published"


def notes() -> list[AlertLine]:
    """What is wrong below the feeds, as this process sees it."""
    return lines(WATCH.system(patience_s=0))


def open_source(name: SourceName, delivery: Delivery, abouts: Abouts) -> Source:
    clock = SystemClock()
    if name.room == FEED:
        return FeedSource(clock, name.feed, notes, delivery)
    if name.room == PUBLISHED:
        return PublishedSource(LiveStore(), clock)
    return AccountReader(LiveStore(), clock, lambda: frozenset(map(int, abouts())))
