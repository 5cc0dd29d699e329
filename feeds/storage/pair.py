"""Two Redis servers, or one: which is asked, and when the log moves to the other. Inside one asyncio loop.

The log goes to the active server, and what that one did not confirm goes to the other: a trade that is in both logs is
one row. Everything else is written to every server that is up. Probes ride along with the calls and delay none.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar

from feeds.clock import Clock
from feeds.storage import commands
from feeds.storage.health import Failure, ServerHealth
from feeds.storage.latest import PairStatus, ServerStatus
from feeds.storage.redis import OPERATION_TIMEOUT_S, RedisDown, Server, Work

R = TypeVar("R")

PRIMARY: Final = "primary"
FAILOVER: Final = "failover"
RETURNED: Final = "stable again"

logger = logging.getLogger(__name__)


class _Switch(NamedTuple):
    at: datetime
    reason: str


class _Member:
    """A server and what is known of it."""

    def __init__(self, server: Server, clock: Clock) -> None:
        self._server = server
        self._clock = clock
        self.name = server.name
        self.health = ServerHealth(clock.monotonic())
        self._last_error = ""
        self._memory_used: float | None = None
        self._probing: asyncio.Task[None] | None = None

    async def ask(self, work: Work[R], within: float) -> R | RedisDown:
        """What it answered, or why it did not."""
        asked_at = self._clock.monotonic()
        try:
            answer = await self._server.ask(work, within)
        except RedisDown as error:
            self._fail(error)
            return error
        self.health.answer(asked_at, self._clock.monotonic())
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
            self._memory_used = await self._server.ask(commands.probe)
        except RedisDown as error:
            self._fail(error)
        else:
            self.health.pass_probe(asked_at, self._clock.monotonic())

    def _fail(self, error: RedisDown) -> None:
        was_up = self.health.is_up
        self._last_error = str(error)
        self.health.fail(error.reason, self._clock.monotonic())
        if was_up:
            logger.warning("the %s redis is left alone, it is %s: %s", self.name, error.reason, error)

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


class Pair:
    """The first server leads whenever it may."""

    def __init__(self, servers: Iterable[Server], clock: Clock) -> None:
        self._clock = clock
        self._members = [_Member(server, clock) for server in servers]
        self._active = self._members[0]
        self._switches = 0
        self._last_switch: _Switch | None = None

    async def on_active(self, work: Work[R]) -> R:
        """On the active server, else on another one, which is active from then on."""
        self._look()
        down: RedisDown | None = None
        for member in self._in_order():
            answer = await member.ask(work, OPERATION_TIMEOUT_S)
            if not isinstance(answer, RedisDown):
                self._lead(member, self._active.health.reason or "")
                return answer
            down = answer
        raise self._all_down(down)

    async def on_each(self, work: Work[R], within: float = OPERATION_TIMEOUT_S) -> dict[str, R]:
        """On every server that is up, at the same time: the answers by name, at least one."""
        return await self.on_each_by_name(lambda _: work, within)

    async def on_each_by_name(self, work_for: Callable[[str], Work[R]], within: float) -> dict[str, R]:
        """The same, where what is asked depends on the server."""
        self._look()
        members = [each for each in self._members if each.health.is_up] or self._worth_a_try()
        answers = await asyncio.gather(*(each.ask(work_for(each.name), within) for each in members))
        found = {each.name: answer for each, answer in zip(members, answers, strict=True)}
        good = {name: answer for name, answer in found.items() if not isinstance(answer, RedisDown)}
        if not good:
            raise self._all_down(next((each for each in answers if isinstance(each, RedisDown)), None))
        return good

    async def on_first(self, work: Work[R]) -> R | None:
        """On the first server only; None when that is away."""
        self._look()
        member = self._members[0]
        answer = await member.ask(work, OPERATION_TIMEOUT_S) if member.health.is_up else None
        return None if isinstance(answer, RedisDown) else answer

    def status(self, scope: str, dropped: int) -> PairStatus:
        return PairStatus(
            active=self._active.name,
            scope=scope,
            dropped=dropped,
            switches=self._switches,
            last_switch_at=self._last_switch.at if self._last_switch else None,
            last_reason=self._last_switch.reason if self._last_switch else "",
            servers={each.name: each.status() for each in self._members},
        )

    async def close(self) -> None:
        for member in self._members:
            await member.close()

    def _look(self) -> None:
        for member in self._members:
            member.look()
        if self._members[0].health.may_lead:
            self._lead(self._members[0], RETURNED)

    def _in_order(self) -> list[_Member]:
        """Those that are up before those that might answer all the same; the active one first."""
        return sorted(self._worth_a_try(), key=lambda each: (not each.health.is_up, each is not self._active))

    def _worth_a_try(self) -> list[_Member]:
        return [each for each in self._members if each.health.is_worth_a_try]

    def _lead(self, member: _Member, reason: str) -> None:
        if member is self._active:
            return
        logger.warning("the log goes to the %s redis now, not to the %s: %s", member.name, self._active.name, reason)
        self._active = member
        self._switches += 1
        self._last_switch = _Switch(self._clock.now(), reason)

    def _all_down(self, last: RedisDown | None) -> RedisDown:
        if last is not None:
            return last
        reason = self._active.health.reason or Failure.ERROR
        return RedisDown(f"no server is there; the {self._active.name} one is {reason}", reason)
