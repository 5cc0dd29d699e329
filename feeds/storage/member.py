"""One of the Redis servers and what is known of it. Probes ride along with the calls and delay none."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from feeds.clock import Clock
from feeds.storage import commands
from feeds.storage.health import Failure, ServerHealth, State
from feeds.storage.redis import LoopBlockedError, RedisDown, Server, Work
from feeds.storage.status import ServerStatus
from feeds.tally import REDIS, TALLY

R = TypeVar("R")

# Hears how a server does, by its name.
Heard = Callable[[str, ServerStatus], None]

logger = logging.getLogger(__name__)


def _nobody(name: str, status: ServerStatus) -> None:
    """Nobody wants to know."""


class Member:
    """Inside one asyncio loop."""

    def __init__(self, server: Server, clock: Clock) -> None:
        self._server = server
        self._clock = clock
        self.name = server.name
        self.health = ServerHealth(clock.monotonic())
        self._last_error = ""
        self._memory_used: float | None = None
        self._epoch = ""
        self._probing: asyncio.Task[None] | None = None
        self._heard: Heard = _nobody
        self._told = self.health.state

    def tell(self, heard: Heard) -> None:
        """How it does: at once, and whenever its state changes."""
        self._heard = heard
        heard(self.name, self.status())

    async def ask(self, work: Work[R], within: float, *, is_repeatable: bool = True) -> R | RedisDown:
        """What it answered, or why it did not."""
        asked_at = self._clock.monotonic()
        try:
            answer = await self._server.ask(work, within, is_repeatable=is_repeatable)
        except LoopBlockedError as error:
            return error
        except RedisDown as error:
            TALLY.asked(REDIS, has_failed=True)
            self._fail(error)
            return error
        TALLY.asked(REDIS)
        self.health.answer(asked_at, self._clock.monotonic())
        self._tell_if_new()
        return answer

    def look(self) -> None:
        """Starts a probe when it is time for one."""
        now = self._clock.monotonic()
        if self.health.is_probe_due(now) and (self._probing is None or self._probing.done()):
            self.health.start_probe(now)
            self._probing = asyncio.create_task(self._probe(), name=f"probe of {self.name}")

    async def _probe(self) -> None:
        asked_at = self._clock.monotonic()
        try:
            found = await self._server.ask(commands.probe)
            self._memory_used = found.memory_used
            self._expect(found.epoch)
        except RedisDown as error:
            self._fail(error)
        else:
            self.health.pass_probe(asked_at, self._clock.monotonic())
            self._tell_if_new()

    def _expect(self, epoch: str) -> None:
        """Another log than before is on a server that came back empty, or with older data: it is on trial again."""
        before, self._epoch = self._epoch, epoch
        if before and epoch != before:
            raise RedisDown("its log is another one than before", Failure.EPOCH)

    def _fail(self, error: RedisDown) -> None:
        self._last_error = str(error)
        self.health.fail(error.reason, self._clock.monotonic())
        self._tell_if_new()

    def _tell_if_new(self) -> None:
        if self.health.state is self._told:
            return
        if self._told is State.UP:
            # Who is slow made no error: the last one is from another time.
            error = f": {self._last_error}" if self.health.state is State.DOWN else ""
            logger.warning("the %s redis is left alone, it is %s%s", self.name, self.health.reason, error)
        self._told = self.health.state
        self._heard(self.name, self.status())

    def status(self) -> ServerStatus:
        health = self.health
        return ServerStatus(
            state=health.state,
            reason="" if health.is_up else health.reason or "",
            last_error=self._last_error,
            latency_ms=None if health.latency_s is None else health.latency_s * 1000,
            operations=health.operations,
            failures=health.failures,
            good_probes=health.good_probes,
            since_at=self._clock.now() - timedelta(seconds=self._clock.monotonic() - health.since),
            memory_used=self._memory_used,
        )

    async def close(self) -> None:
        if self._probing:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)
        await self._server.close()
