"""The log as a recorder leaves it for the drain, and a drain that dies over it."""

from feeds.storage import keys, latest
from feeds.storage.consumer import LogConsumer
from feeds.storage.latest import LoggedTrade
from tests.redis_server import RedisServer


def append(server: RedisServer, *contents: LoggedTrade | bytes) -> None:
    with server.client() as client:
        for content in contents:
            encoded = latest.encode(content) if isinstance(content, LoggedTrade) else content
            client.xadd(keys.TRADE_LOG, {keys.TRADE_FIELD: encoded})


def pending(server: RedisServer) -> int:
    with server.client() as client:
        return int(client.xpending(keys.TRADE_LOG, keys.TRADE_LOG_GROUP)["pending"])


class Killed(BaseException):
    """The process is gone at this very point."""


class DiesBeforeAcknowledging(LogConsumer):
    def acknowledge(self, ids: list[bytes]) -> None:
        raise Killed
