"""One reader of Redis per web process and feed, shared by all its browsers."""

from collections.abc import Callable

from dashboard.delivery import Delivery
from dashboard.messages import Message
from dashboard.outbox import Outbox
from dashboard.parts import AlertLine
from dashboard.pulse import Pulse
from dashboard.reader import Reader
from dashboard.uptime import UptimeReader
from feeds.clock import Clock
from feeds.storage.live import LiveStore

# What is wrong below the feeds, as it is known at this moment: nobody waits for it.
Notes = Callable[[], list[AlertLine]]


class FeedSource:
    """Everything of one feed, for the hub."""

    def __init__(self, clock: Clock, feed: str, notes: Notes, delivery: Delivery) -> None:
        self._clock = clock
        self._notes = notes
        self._delivery = delivery
        self._store, self._uptime = LiveStore(), UptimeReader(clock)
        self._reader = Reader(self._store, clock, feed)

    @property
    def is_up(self) -> bool:
        return self._reader.board.health.redis == "up"

    async def changes(self) -> list[Message]:
        changed = await self._reader.changes()
        board = self._reader.board
        changed += board.take_notes(self._notes())
        if (lines := self._uptime.take(board.feed)) is not None:
            changed += board.take_uptime(lines)
        return changed

    def each_second(self) -> list[Message]:
        return self._reader.board.take_latency(self._delivery.delays())

    def whole(self) -> list[Message]:
        return self._reader.board.whole(self._clock.now())

    def handed(self, changed: list[Message]) -> None:
        self._delivery.handed(changed)

    async def close(self) -> None:
        await self._store.close()
        await self._reader.close()
        await self._uptime.close()


class Hub(Pulse):
    """Of one feed: a name, or "" for the first."""

    def __init__(self, clock: Clock, feed: str = "", notes: Notes = list) -> None:
        super().__init__(clock)
        self._feed = feed
        self._notes = notes
        self.delivery = Delivery(clock)

    def open_source(self) -> FeedSource:
        return FeedSource(self.clock, self._feed, self._notes, self.delivery)

    def join(self, instrument: str = "") -> Outbox:
        outbox = Outbox(instrument)
        self.add(outbox)
        return outbox


class Hubs:
    """The hubs of a process: one for each feed that somebody looks at."""

    def __init__(self, clock: Clock, notes: Notes = list) -> None:
        self._clock = clock
        self._notes = notes
        self._hubs: dict[str, Hub] = {}

    def join(self, feed: str, instrument: str) -> tuple[Hub, Outbox]:
        hub = self._hubs.setdefault(feed, Hub(self._clock, feed, self._notes))
        return hub, hub.join(instrument)

    def leave(self, hub: Hub, outbox: Outbox) -> None:
        """Forgets a hub with its last browser: feeds may be asked for by any name."""
        hub.leave(outbox)
        self._hubs = {feed: each for feed, each in self._hubs.items() if not each.is_deserted}
