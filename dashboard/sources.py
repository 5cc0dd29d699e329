"""What a hub can read: the feeds, the accounts, what clients publish, and the system; in the manner of who listens."""

from dashboard.accounts.reader import AccountReader
from dashboard.delivery import Delivery
from dashboard.feed.parts import AlertLine
from dashboard.feed.source import FeedSource
from dashboard.hub import SourceName
from dashboard.manner import Manner, used
from dashboard.protocol.message import Message
from dashboard.published import PublishedSource
from dashboard.pulse import Source, Wanted
from dashboard.system.banner import lines
from dashboard.system.source import LogSource, RedisSource
from dashboard.system.watch import WATCH
from feeds.clock import SystemClock
from feeds.storage.live import LiveStore

FEED, ACCOUNTS, PUBLISHED, REDIS, LOG = "feed", "accounts", "published", "redis", "log"


def notes() -> list[AlertLine]:
    """What is wrong below the feeds, as this process sees it."""
    return lines(WATCH.system(patience_s=0))


class InManner:
    """A source whose texts are written in one manner, whoever asks for them: also by a listener's own task."""

    def __init__(self, manner: Manner, source: Source) -> None:
        self._manner = manner
        self._source = source

    @property
    def every_s(self) -> float:
        return self._source.every_s

    @property
    def feed(self) -> str:
        return self._source.feed

    @property
    def is_up(self) -> bool:
        return self._source.is_up

    async def changes(self) -> list[Message]:
        with used(self._manner):
            return await self._source.changes()

    def whole(self) -> list[Message]:
        with used(self._manner):
            return self._source.whole()

    def handed(self, changed: list[Message]) -> None:
        self._source.handed(changed)

    async def close(self) -> None:
        await self._source.close()


def open_source(name: SourceName, delivery: Delivery, wanted: Wanted) -> Source:
    return InManner(name.manner, _opened(name, delivery, wanted))


def _opened(name: SourceName, delivery: Delivery, wanted: Wanted) -> Source:
    clock = SystemClock()
    if name.room == FEED:
        return FeedSource(clock, name.feed, notes, delivery, wanted)
    if name.room == PUBLISHED:
        return PublishedSource(LiveStore(), clock)
    if name.room == REDIS:
        return RedisSource(LiveStore(), WATCH, clock)
    if name.room == LOG:
        return LogSource(LiveStore())
    return AccountReader(LiveStore(), clock, lambda: frozenset(int(each.about) for each in wanted()))
