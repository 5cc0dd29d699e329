"""Everything of one feed, for the hub."""

from collections.abc import Callable
from typing import Final

from msgspec import structs

from dashboard.delivery import Delivery
from dashboard.feed.alerts import Bulletin
from dashboard.feed.market import MarketReader
from dashboard.feed.messages import Snapshot
from dashboard.feed.parts import AlertLine
from dashboard.feed.past import PastReader
from dashboard.feed.reader import Reader
from dashboard.feed.uptime import UptimeReader
from dashboard.protocol.message import Message
from dashboard.protocol.topics import Topic
from dashboard.pulse import Wanted
from feeds.clock import Clock
from feeds.storage.live import LiveStore

# What is wrong below the feeds, as it is known at this moment: nobody waits for it.
Notes = Callable[[], list[AlertLine]]
LATENCY_EVERY: Final = 1.0
# What these tell of an instrument takes a while to compute: only where somebody wants it.
_OF_MARKETS: Final = (Topic.PRICE, Topic.FLOW)


class FeedSource:
    every_s = 0.025

    def __init__(self, clock: Clock, feed: str, notes: Notes, delivery: Delivery, wanted: Wanted) -> None:
        self._clock = clock
        self._notes, self._wanted = notes, wanted
        self._delivery = delivery
        self._store, self._uptime, self._past = LiveStore(), UptimeReader(clock), PastReader(clock)
        self._reader = Reader(self._store, clock, feed)
        self._name = feed
        self._market = MarketReader(clock)
        self._bulletin = Bulletin()
        self._latency_at = float("-inf")

    @property
    def feed(self) -> str:
        """Of one that is gone, or not there yet, the name that was asked for."""
        return self._reader.board.feed.name or self._name

    @property
    def is_up(self) -> bool:
        return self._reader.board.health.redis == "up"

    async def changes(self) -> list[Message]:
        changed = await self._reader.changes()
        board = self._reader.board
        if self._reader.logged is not None:
            self._market.take(self._reader.logged)
        changed += self._market.changes(board, self._followed())
        if any(isinstance(message, Snapshot) for message in changed):
            changed += self._market.whole()
        changed += board.take_notes(self._notes())
        if (lines := self._uptime.take(board.feed)) is not None:
            changed += board.take_uptime(lines)
        if (past := self._past.take(board.feed, board.following.lead)) is not None:
            changed += board.take_past(*past)
        if self._clock.monotonic() - self._latency_at >= LATENCY_EVERY:
            self._latency_at = self._clock.monotonic()
            changed += board.take_latency(self._delivery.delays())
        if news := self._bulletin.take(board.told_feed, board.health, self._clock.now()):
            changed.append(news)
        return self._named(changed)

    def whole(self) -> list[Message]:
        board = self._reader.board.whole(self._clock.now())
        return self._named([*board, *self._market.whole(), self._bulletin.snapshot()])

    def handed(self, changed: list[Message]) -> None:
        self._delivery.handed(changed)

    async def close(self) -> None:
        await self._store.close()
        await self._reader.close()
        await self._uptime.close()
        await self._past.close()
        await self._market.close()

    def _followed(self) -> frozenset[str]:
        return frozenset(each.about for each in self._wanted() if each.kind in _OF_MARKETS)

    def _named(self, messages: list[Message]) -> list[Message]:
        return [structs.replace(message, feed=self.feed) for message in messages]
