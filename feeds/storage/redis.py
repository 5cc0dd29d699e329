"""One Redis server: the only module that imports redis. Every failure leaves it as one RedisDown that says why.

Each call ends within OPERATION_TIMEOUT_S, a hung server included (redis-py 8 would wait for a minute).
"""

import asyncio
import functools
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, ParamSpec, TypeVar

import redis
import redis.asyncio
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from feeds.errors import printable
from feeds.storage.health import Failure

OPERATION_TIMEOUT_S: Final = 0.5
# A timeout that ends so much later than it should has waited for our own loop.
_LATE_S: Final = 0.5

P = ParamSpec("P")
R = TypeVar("R")

Entry = tuple[bytes, Mapping[bytes, bytes]]
# What is asked of a server, by its client.
Work = Callable[[Any], Awaitable[R]]

# By the kind of redis-py's error; a subclass comes before its base.
_KINDS: Final[tuple[tuple[type[Exception], Failure], ...]] = (
    (redis.AuthenticationError, Failure.CREDENTIALS),
    (redis.exceptions.NoPermissionError, Failure.CREDENTIALS),
    (redis.exceptions.OutOfMemoryError, Failure.FULL),
    (redis.ReadOnlyError, Failure.READ_ONLY),
    (redis.BusyLoadingError, Failure.LOADING),
    (redis.TimeoutError, Failure.FROZEN),
    (TimeoutError, Failure.FROZEN),
    (OSError, Failure.REFUSED),
    (redis.ConnectionError, Failure.REFUSED),
)
# By the word that the server says, for what has no kind of its own, and inside the answer of a script.
_WORDS: Final = {
    "MISCONF": Failure.MISCONFIGURED,
    "BUSY": Failure.BUSY,
    "OOM": Failure.FULL,
    "READONLY": Failure.READ_ONLY,
    "NOPERM": Failure.CREDENTIALS,
}
_WORD: Final = re.compile(rf"\b({'|'.join(_WORDS)})\b")


class RedisDown(ConnectionError):
    """A server refused, hung or answered with an error. What was asked may or may not have happened."""

    def __init__(self, text: str, reason: Failure = Failure.ERROR) -> None:
        super().__init__(text)
        self.reason = reason


class LoopBlockedError(RedisDown):
    """Our own loop had no turn in which to hear an answer: that says nothing about the server."""


@contextmanager
def typed_errors() -> Iterator[None]:
    try:
        yield
    except RedisDown:
        raise
    except (redis.RedisError, OSError) as error:
        text = str(error) or "no answer in time"
        raise RedisDown(printable(f"{type(error).__name__}: {text}"), _reason(error)) from error


def _reason(error: Exception) -> Failure:
    # What the server says to a new connection reaches us as the cause of a plain ConnectionError.
    if type(error) is redis.ConnectionError and isinstance(error.__cause__, redis.RedisError):
        return _reason(error.__cause__)
    for kind, reason in _KINDS:
        if isinstance(error, kind):
            return reason
    word = _WORD.search(str(error))
    return _WORDS[word[1]] if word else Failure.ERROR


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


class Server:
    """One server, inside one asyncio loop. Close it in the loop that made it."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        # redis-py types each answer for text and bytes at once; ours are bytes.
        self._client: Any = redis.asyncio.Redis.from_url(url, **_options(OPERATION_TIMEOUT_S))

    async def ask(self, work: Work[R], within: float = OPERATION_TIMEOUT_S, *, is_repeatable: bool = True) -> R:
        """Does it within so many seconds. What may not be done twice is not repeated."""
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        try:
            return await self._ask_once(work, within)
        except RedisDown as down:
            # A loop that was blocked hears no answer either: that says nothing about the server.
            if down.reason is not Failure.FROZEN or loop.time() - asked_at < within + _LATE_S:
                raise
            if not is_repeatable:
                raise LoopBlockedError("our own loop was blocked meanwhile", down.reason) from down
            return await self._ask_once(work, within)

    @_typed
    async def _ask_once(self, work: Work[R], within: float) -> R:
        """What is broken off drops its connection, and any late answer with it."""
        async with asyncio.timeout(within):
            return await work(self._client)

    async def close(self) -> None:
        await self._client.aclose()
