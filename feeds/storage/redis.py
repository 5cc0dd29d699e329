"""The Redis connection: the only module that imports redis. Every failure leaves it as one RedisDown.

Each call ends within OPERATION_TIMEOUT_S, a hung server included (redis-py 8 would wait for a minute).
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, ParamSpec, TypeVar

import redis
import redis.asyncio
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from feeds.pace import Rate
from feeds.storage import keys, latest, script

OPERATION_TIMEOUT_S: Final = 0.5

P = ParamSpec("P")
R = TypeVar("R")

Entry = tuple[bytes, Mapping[bytes, bytes]]


class RedisDown(ConnectionError):
    """The server refused, hung or answered with an error. What was asked may or may not have happened."""


def _typed(call: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    @functools.wraps(call)
    async def typed(*args: P.args, **kwargs: P.kwargs) -> R:
        task = asyncio.current_task()
        cancelled_before = task.cancelling() if task else 0
        try:
            with typed_errors():
                return await call(*args, **kwargs)
        finally:
            # redis-py sends inside asyncio.wait_for, which in Python 3.11 can swallow a cancellation
            # (github.com/python/cpython/issues/86296): the loop that was told to stop would go on for ever.
            if task and task.cancelling() > cancelled_before:
                raise asyncio.CancelledError

    return typed


@contextmanager
def typed_errors() -> Iterator[None]:
    try:
        yield
    except (redis.RedisError, OSError) as error:
        raise RedisDown(f"{type(error).__name__}: {error}") from error


def _options(read_timeout: float) -> dict[str, Any]:
    return {
        "socket_timeout": read_timeout,
        "socket_connect_timeout": OPERATION_TIMEOUT_S,
        "retry": Retry(NoBackoff(), 0),
        "health_check_interval": 0,
    }


def blocking_client(url: str, read_timeout: float) -> Any:
    """For code without a loop, such as the drain's thread. Call it inside `typed_errors`."""
    return redis.Redis.from_url(url or settings.REDIS_URL, **_options(read_timeout))


class LiveStore:
    """What the loops and the hub do with Redis, inside one asyncio loop. Close it in the loop that made it."""

    def __init__(self, url: str = "") -> None:
        # redis-py types each answer for text and bytes at once; ours are bytes.
        self._client: Any = redis.asyncio.Redis.from_url(url or settings.REDIS_URL, **_options(OPERATION_TIMEOUT_S))

    @_typed
    async def append(self, trades: Iterable[bytes]) -> None:
        """Adds encoded trades to the log in order. Returned = acknowledged."""
        await self._client.eval(script.APPEND, 1, keys.TRADE_LOG, keys.TRADE_FIELD, *trades)

    @_typed
    async def write_state(self, states: Mapping[str, latest.PriceState | latest.FeedState]) -> int:
        """Writes each state over an older one only; the number that were written."""
        pipe = self._client.pipeline(transaction=False)
        for key, state in states.items():
            pipe.eval(
                script.WRITE_IF_NEWER, 1, key, state.fence, state.version, latest.encode(state), latest.STATE_TTL_S
            )
        written: list[int] = await pipe.execute()
        return sum(written)

    @_typed
    async def read(self, keys: list[str]) -> list[bytes | None]:
        """The encoded states behind the keys; None where there is none."""
        found: list[bytes | None] = await self._client.mget(keys) if keys else []
        return found

    @_typed
    async def read_log(self, after: bytes, limit: int) -> list[Entry]:
        """At most `limit` entries of the log that came after the entry with this id, oldest first."""
        return list(await self._client.xrange(keys.TRADE_LOG, min=b"(" + after, count=limit))

    @_typed
    async def read_log_end(self, limit: int) -> list[Entry]:
        """The last `limit` entries of the log, oldest first."""
        return list(reversed(await self._client.xrevrange(keys.TRADE_LOG, count=limit)))

    @_typed
    async def spend(self, venue: str, what: str, rate: Rate, cost: int) -> float:
        """Spends some of what a venue allows all workers together; the seconds to wait instead, 0 when it is spent."""
        names = [keys.allowance(venue, what), keys.cool_off(venue)]
        wait_ms: int = await self._client.eval(script.SPEND, 2, *names, rate.count, int(rate.within * 1000), cost)
        return wait_ms / 1000

    @_typed
    async def cool_off(self, venue: str, seconds: float, reason: str) -> float:
        """Nobody may ask the venue for anything for so long, or as long as was said before: the seconds."""
        key = keys.cool_off(venue)
        stays_ms: int = await self._client.eval(script.COOL_OFF, 1, key, int(seconds * 1000), reason)
        return stays_ms / 1000

    @_typed
    async def read_cool_off(self, venue: str) -> str:
        """Why nobody may ask the venue for anything; "" where everybody may."""
        reason: bytes | None = await self._client.get(keys.cool_off(venue))
        return (reason or b"").decode()

    @_typed
    async def count_ban(self, venue: str, kept_for: float) -> int:
        """One more ban in a row; how many there are now."""
        pipe = self._client.pipeline()
        pipe.incr(keys.bans(venue)).pexpire(keys.bans(venue), int(kept_for * 1000))
        bans, _ = await pipe.execute()
        return int(bans)

    @_typed
    async def forgive(self, venue: str) -> None:
        """Forgets the venue's bans; what it wished last stays until its time is over."""
        await self._client.delete(keys.bans(venue))

    @_typed
    async def keep_rejected(self, frames: Iterable[latest.RejectedFrame]) -> None:
        """Adds to each venue's rejected frames; the newest of the last hour are kept."""
        since = await self._kept_since()
        pipe = self._client.pipeline(transaction=False)
        for frame in frames:
            key = keys.rejected(frame.venue)
            content = {keys.REJECTED_FIELD: latest.encode(frame)}
            pipe.xadd(key, content, maxlen=latest.REJECTED_KEPT, approximate=False)
            pipe.xtrim(key, minid=since, approximate=False)
            pipe.expire(key, latest.REJECTED_KEPT_S)
        await pipe.execute()

    @_typed
    async def read_rejected(self, venues: Iterable[str]) -> list[bytes]:
        """The encoded rejected frames of the last hour, venue by venue, newest first."""
        since = await self._kept_since()
        pipe = self._client.pipeline(transaction=False)
        for venue in venues:
            pipe.xrevrange(keys.rejected(venue), min=since)
        return [fields[keys.REJECTED_FIELD] for entries in await pipe.execute() for _, fields in entries]

    async def _kept_since(self) -> int:
        """By the server's clock, which also makes the entries' ids."""
        seconds, _ = await self._client.time()
        return int(seconds - latest.REJECTED_KEPT_S) * 1000

    async def close(self) -> None:
        await self._client.aclose()
