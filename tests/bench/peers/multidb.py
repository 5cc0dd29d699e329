"""redis-py's own client for several databases: its defaults, but our timeout, and a failback within seconds."""

from typing import Any

from redis.asyncio.multidb.client import MultiDBClient
from redis.asyncio.multidb.config import DatabaseConfig, MultiDbConfig
from redis.exceptions import RedisError

from tests.bench.writing import FIELD, LOG, serve

_TIMEOUT_S = 0.5
# 120 by default.
_FALL_BACK_EVERY_S = 5


class MultiDbLog:
    errors = (RedisError, OSError)

    def __init__(self, primary: str, failover: str) -> None:
        self._addresses = {primary: 1.0, failover: 0.5}

    async def open(self) -> None:
        timeouts = {"socket_timeout": _TIMEOUT_S, "socket_connect_timeout": _TIMEOUT_S}
        databases = [
            DatabaseConfig(from_url=url, weight=weight, client_kwargs=dict(timeouts))
            for url, weight in self._addresses.items()
        ]
        config = MultiDbConfig(databases_config=databases, auto_fallback_interval=_FALL_BACK_EVERY_S)
        # It is typed as if it could also be blocking.
        self._client: Any = await MultiDBClient(config).__aenter__()

    async def append(self, text: str) -> None:
        await self._client.xadd(LOG, {FIELD: text})

    async def read(self) -> list[str]:
        return [fields[FIELD.encode()].decode() for _, fields in await self._client.xrange(LOG)]

    async def close(self) -> None:
        await self._client.aclose()


if __name__ == "__main__":
    serve(MultiDbLog)
