"""What clients publish, read from the logs of both Redis servers for whoever subscribed to it."""

import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from dashboard import publication
from dashboard.protocol.message import Message
from dashboard.publication import Publication, Published
from feeds.clock import Clock
from feeds.storage import keys
from feeds.storage.live import LiveStore, merged
from feeds.storage.redis import Entry, RedisDown
from feeds.storage.servers import FAILOVER, PRIMARY

PAGE: Final = 1000
# An entry is repeated at once, on the other server; between the two there are never so many others.
REMEMBERED: Final = 1000
# Between a subscription and the reader that it opens, and between the clocks of this process and of the servers.
BEFORE: Final = timedelta(seconds=2)

# At most so many entries of each server's log that came after the one named, or else its last: LiveStore.read_logs.
ReadLogs = Callable[[Mapping[str, bytes], int], Awaitable[dict[str, list[Entry]]]]

logger = logging.getLogger(__name__)


class PublishedReader:
    """Goes through the logs from the time on at which it was opened: what was said before nobody waits for."""

    def __init__(self, read_logs: ReadLogs, opened_at: datetime) -> None:
        self._read_logs = read_logs
        # By server, the last entry that was seen of its log. Not their ends: what is published before the first look
        # is news to whoever waits for it.
        self._cursors = dict.fromkeys((PRIMARY, FAILOVER), _entry_id(opened_at - BEFORE))
        self._known: deque[str] = deque(maxlen=REMEMBERED)

    async def news(self) -> list[Published]:
        """What came since the last call, in order. Raises RedisDown where no server answers."""
        logs = await self._read_logs(self._cursors, PAGE)
        self._cursors |= {server: entries[-1][0] for server, entries in logs.items() if entries}
        return [_message(each) for each in _decoded(merged(logs.values())) if self._is_news(each)]

    def _is_news(self, told: Publication) -> bool:
        """What one server took too late to say so was written to the other as well."""
        if told.id in self._known:
            return False
        self._known.append(told.id)
        return True


def _entry_id(at: datetime) -> bytes:
    """As the servers name what they took at this time: by milliseconds."""
    return f"{int(at.timestamp() * 1000)}-0".encode()


def _message(told: Publication) -> Published:
    return Published(topic=told.topic, at=told.at, data=told.data)


def _decoded(entries: Iterable[Entry]) -> list[Publication]:
    found = []
    for entry_id, fields in entries:
        try:
            found.append(publication.decode(fields))
        except ValueError:
            logger.warning("entry %s of the log of what is published makes no sense", entry_id.decode())
    return found


class PublishedSource:
    """The same for the hub."""

    every_s = 0.1
    feed = ""

    def __init__(self, store: LiveStore, clock: Clock) -> None:
        self._store = store
        self._reader = PublishedReader(partial(store.read_logs, log=keys.PUBLISHED_LOG), clock.now())
        self.is_up = True

    async def changes(self) -> list[Message]:
        try:
            news = await self._reader.news()
            self.is_up = True
        except RedisDown:
            self.is_up, news = False, []
        return [*news]

    def whole(self) -> list[Message]:
        """What was said before nobody waits for."""
        return []

    def handed(self, changed: list[Message]) -> None:
        """Nothing is measured of these."""

    async def close(self) -> None:
        await self._store.close()
