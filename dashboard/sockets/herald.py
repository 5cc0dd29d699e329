"""Tells Redis who is connected to this process, and reads who is connected to any."""

import asyncio
import logging
from datetime import datetime
from typing import Final

import msgspec
from msgspec import structs

from dashboard.sockets.client import ClientLine, ClientState
from dashboard.sockets.registry import CYCLE_S, Registry
from feeds.clock import Clock
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown
from feeds.storage.snapshots import this_process

# So long a page waits for Redis in all.
PATIENCE_S: Final = 0.7

logger = logging.getLogger(__name__)

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[ClientLine]).decode


class Herald:
    """One task for each process, from its first client to its last. No socket waits for it."""

    def __init__(self, registry: Registry, clock: Clock, process: str = "") -> None:
        self._registry = registry
        self._clock = clock
        self._process = process or this_process()
        self._task: asyncio.Task[None] | None = None
        self._is_down = False

    def begin(self) -> None:
        """Somebody is connected: that is told at once, and again and again. Call it for each client."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="herald of clients")

    async def stop(self) -> None:
        """The process ends: its clients are told of no more."""
        if self._task is None or self._task.done():
            return
        self._task.cancel()
        await asyncio.wait({self._task})
        store = LiveStore()
        await self._tell(store, [])
        await store.close()

    async def _run(self) -> None:
        # Who comes while the last one is being forgotten finds this task still there.
        while self._registry.lines():
            await self._tell_to_the_last()

    async def _tell_to_the_last(self) -> None:
        store = LiveStore()
        try:
            while lines := self._registry.lines():
                await self._tell(store, lines)
                await self._clock.sleep(CYCLE_S)
            await self._tell(store, [])
        finally:
            await store.close()

    async def _tell(self, store: LiveStore, lines: list[ClientLine]) -> None:
        try:
            if lines:
                told = [structs.replace(line, process=self._process) for line in lines]
                await store.tell_clients(self._process, _encode(told))
            else:
                await store.forget_clients(self._process)
        except RedisDown as down:
            if not self._is_down:
                logger.warning("nobody is told who is connected: %s", down)
            self._is_down = True
        else:
            self._is_down = False


async def read_all() -> list[ClientLine] | None:
    """Who is connected to any process, the newest first; None while Redis does not answer."""
    store = LiveStore()
    try:
        async with asyncio.timeout(PATIENCE_S):
            values = await store.read_clients()
    except (RedisDown, TimeoutError):
        return None
    finally:
        await store.close()
    return merged([line for value in values for line in _decoded(value)])


def merged(lines: list[ClientLine]) -> list[ClientLine]:
    """Each client once: where it is connected, or else was last. It may have come back to another process."""
    by_id = {line.id: line for line in sorted(lines, key=_rank)}
    return sorted(by_id.values(), key=lambda line: line.connected_at, reverse=True)


def _rank(line: ClientLine) -> tuple[bool, datetime]:
    return line.state is ClientState.CONNECTED, line.connected_at


def _decoded(value: bytes) -> list[ClientLine]:
    try:
        return _decode(value)
    except msgspec.DecodeError:
        # Of another version of ours, which is being replaced.
        return []
