"""Everything of one feed, for the hub."""

from collections.abc import Callable
from typing import Final

from msgspec import structs

from dashboard.delivery import Delivery
from dashboard.feed.alerts import Bulletin
from dashboard.feed.parts import AlertLine
from dashboard.feed.reader import Reader
from dashboard.feed.uptime import UptimeReader
from dashboard.protocol.message import Message
from feeds.clock import Clock
from feeds.storage.live import LiveStore

# What is wrong below the feeds, as it is known at this moment: nobody waits for it.
Notes = Callable[[], list[AlertLine]]
LATENCY_EVERY: Final = 1.0


class FeedSource:
    every_s = 0.025

    def __init__(self, clock: Clock, feed: str, notes: Notes, delivery: Delivery) -> None:
        self._clock = clock
        self._notes = notes
        self._delivery = delivery
        self._store, self._uptime = LiveStore(), UptimeReader(clock)
        self._reader = Reader(self._store, clock, feed)
        self._name = feed
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
        changed += board.take_notes(self._notes())
        if (lines := self._uptime.take(board.feed)) is not None:
            changed += board.take_uptime(lines)
        if self._clock.monotonic() - self._latency_at >= LATENCY_EVERY:
            self._latency_at = self._clock.monotonic()
            changed += board.take_latency(self._delivery.delays())
        if news := self._bulletin.take(board.told_feed, board.health, self._clock.now()):
            changed.append(news)
        return self._named(changed)

    def whole(self) -> list[Message]:
        return self._named([*self._reader.board.whole(self._clock.now()), self._bulletin.snapshot()])

    def handed(self, changed: list[Message]) -> None:
        self._delivery.handed(changed)

    async def close(self) -> None:
        await self._store.close()
        await self._reader.close()
        await self._uptime.close()

    def _named(self, messages: list[Message]) -> list[Message]:
        return [structs.replace(message, feed=self.feed) for message in messages]
