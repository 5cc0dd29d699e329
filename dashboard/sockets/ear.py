"""Hears control messages for all sockets of a process. No socket waits for it, and it begins again for ever."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import msgspec

from dashboard.sockets.control import GROUP, VOICE, WITHIN_S, Control, Voice, close_layer, open_layer, say
from feeds.clock import Clock, SystemClock
from feeds.storage.redis import RedisDown, typed_errors

# The layer tells nobody that its server is gone: an ear that does not hear its own beat is deaf.
BEAT_EVERY_S: Final = 5.0
RETRY_EVERY_S: Final = 1.0

logger = logging.getLogger(__name__)


class Ear:
    """One task for each process. Calls back inside its loop; after it was deaf it asks for a look at everybody."""

    def __init__(
        self,
        on_look: Callable[[int | None], None],
        on_disconnect: Callable[[str], None],
        on_change: Callable[[int, int], None],
        clock: Clock | None = None,
        voice: Voice = VOICE,
    ) -> None:
        self._on_look = on_look
        self._on_disconnect = on_disconnect
        self._on_change = on_change
        self._clock = clock or SystemClock()
        self._voice = voice
        self._name = secrets.token_hex(8)
        self._task: asyncio.Task[None] | None = None
        self._has_heard_itself = False
        self._is_deaf = False

    def begin(self) -> None:
        """Call it for each client; only the first call does anything."""
        if self._task is None or self._task.done():
            self._loop = asyncio.get_running_loop()
            self._beaten = asyncio.Event()
            self._voice.ears.add(self._take)
            self._task = asyncio.create_task(self._run(), name="ear of the sockets")

    async def stop(self) -> None:
        self._voice.ears.discard(self._take)
        if self._task:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=WITHIN_S)

    @property
    def hears(self) -> bool:
        """Whether other processes are heard: the last beat came back."""
        return self._has_heard_itself and not self._is_deaf

    @property
    def _is_open(self) -> bool:
        # redis-py may swallow a cancellation that comes while it sends; that there was one, the task knows.
        return self._take in self._voice.ears and not (self._task and self._task.cancelling())

    def _take(self, said: Control) -> None:
        # From any thread, also while the loop ends.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._do, said)

    async def _run(self) -> None:
        while self._is_open:
            try:
                await self._listen()
            except RedisDown as down:
                if not self._is_deaf:
                    logger.warning("control messages of other processes are not heard: %s", down)
                self._is_deaf = True
                await self._clock.sleep(RETRY_EVERY_S)

    async def _listen(self) -> None:
        """Ends with RedisDown once nothing can be heard any more."""
        layer = open_layer()
        hearing: asyncio.Task[None] | None = None
        try:
            channel = await _join(layer)
            hearing = asyncio.create_task(self._hear(layer, channel))
            while await self._beat(layer):
                self._recover()
                await self._clock.sleep(BEAT_EVERY_S)
        finally:
            # First the layer: who is cancelled on an open one says good-bye to a server that may hang.
            await close_layer(layer)
            if hearing:
                await _end(hearing)

    async def _hear(self, layer: Any, channel: str) -> None:
        while True:
            said = await _receive(layer, channel)
            if said and said.sender == self._name:
                self._beaten.set()
            elif said and said.sender != self._voice.name:
                self._do(said)

    async def _beat(self, layer: Any) -> bool:
        """Whether it goes on: what was swallowed while it was said comes no more, and nothing waits for it."""
        self._beaten.clear()
        await say(layer, Control(sender=self._name))
        if not self._is_open:
            return False
        with typed_errors():
            async with asyncio.timeout(WITHIN_S):
                await self._beaten.wait()
        self._has_heard_itself = True
        return True

    def _recover(self) -> None:
        if self._is_deaf:
            logger.warning("control messages of other processes are heard again")
            self._is_deaf = False
            # What was said meanwhile is lost.
            self._on_look(None)

    def _do(self, said: Control) -> None:
        for user_id in said.look:
            self._on_look(user_id)
        for client_id in said.disconnect:
            self._on_disconnect(client_id)
        for dashboard, revision in said.changed:
            self._on_change(dashboard, revision)


async def _join(layer: Any) -> str:
    with typed_errors():
        async with asyncio.timeout(WITHIN_S):
            channel: str = await layer.new_channel()
            await layer.group_add(GROUP, channel)
            return channel


async def _end(hearing: asyncio.Task[None]) -> None:
    hearing.cancel()
    await asyncio.wait({hearing}, timeout=WITHIN_S)
    if hearing.done() and not hearing.cancelled() and (error := hearing.exception()):
        logger.error("the ear of the sockets broke", exc_info=error)


async def _receive(layer: Any, channel: str) -> Control | None:
    """None for what is no such message: of another version of ours, or by hand."""
    try:
        return msgspec.convert(await layer.receive(channel), Control)
    except (ValueError, msgspec.ValidationError) as error:
        logger.warning("a control message of another kind: %s", error)
        return None
