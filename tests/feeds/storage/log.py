"""The log as a recorder leaves it for the drain, and a drain that dies over it."""

from collections.abc import Iterable

from feeds.models import Trade
from feeds.storage import keys, latest
from feeds.storage.consumer import LogConsumer
from feeds.storage.drain import Drain
from feeds.storage.latest import LoggedTrade
from feeds.storage.logged import Logged, decode
from feeds.storage.redis import Entry
from tests.redis_server import RedisServer


def append(server: RedisServer, *contents: Logged | bytes, entry_id: str = "*") -> None:
    with server.client() as client:
        pipe = client.pipeline(transaction=False)
        for content in contents:
            encoded = content if isinstance(content, bytes) else latest.encode(content)
            pipe.xadd(keys.TRADE_LOG, {keys.TRADE_FIELD: encoded}, id=entry_id)
        pipe.execute()


def trades_of(entries: Iterable[Entry]) -> list[LoggedTrade]:
    """The trades among them, in order. MsgspecError where one is neither trade nor quote."""
    found = (decode(fields[keys.TRADE_FIELD]) for _, fields in entries)
    return [each for each in found if isinstance(each, LoggedTrade)]


def stored() -> list[int]:
    """The ids of the trades in the database."""
    return sorted(int(trade_id) for trade_id in Trade.objects.values_list("trade_id", flat=True))


def drain_all(drain: Drain) -> None:
    while drain.step():
        """Batch after batch."""


def pending(server: RedisServer) -> int:
    with server.client() as client:
        return int(client.xpending(keys.TRADE_LOG, keys.TRADE_LOG_GROUP)["pending"])


class Killed(BaseException):
    """The process is gone at this very point."""


class DiesBeforeAcknowledging(LogConsumer):
    def acknowledge(self, ids: list[bytes]) -> None:
        raise Killed
