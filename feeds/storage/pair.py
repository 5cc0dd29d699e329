"""Two Redis servers, or one: which is asked, and when the log moves to the other. Inside one asyncio loop.

The log goes to the active server, and what that one did not confirm goes to the other: a trade that is in both logs is
one row. Everything else is written to every server that is up.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

from feeds.clock import Clock
from feeds.storage.health import Failure
from feeds.storage.member import Heard, Member
from feeds.storage.redis import OPERATION_TIMEOUT_S, RedisDown, Server, Work
from feeds.storage.status import PairStatus

R = TypeVar("R")

RETURNED: Final = "stable again"

logger = logging.getLogger(__name__)


class _Switch(NamedTuple):
    at: datetime
    reason: str


class Pair:
    """The first server leads whenever it may."""

    def __init__(self, servers: Iterable[Server], clock: Clock) -> None:
        self._clock = clock
        self._members = [Member(server, clock) for server in servers]
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

    async def on_each(
        self, work: Work[R], within: float = OPERATION_TIMEOUT_S, *, is_repeatable: bool = True
    ) -> dict[str, R]:
        """On every server that is up, at the same time: the answers by name, at least one."""
        return await self.on_each_by_name(lambda _: work, within, is_repeatable=is_repeatable)

    async def on_each_by_name(
        self, work_for: Callable[[str], Work[R]], within: float, *, is_repeatable: bool = True
    ) -> dict[str, R]:
        """The same, where what is asked depends on the server."""
        self._look()
        members = [each for each in self._members if each.health.is_up] or self._worth_a_try()
        asked = [each.ask(work_for(each.name), within, is_repeatable=is_repeatable) for each in members]
        answers = await asyncio.gather(*asked)
        found = {each.name: answer for each, answer in zip(members, answers, strict=True)}
        good = {name: answer for name, answer in found.items() if not isinstance(answer, RedisDown)}
        if not good:
            raise self._all_down(next((each for each in answers if isinstance(each, RedisDown)), None))
        return good

    async def on_first(self, work: Work[R]) -> R | None:
        """On the first server only, and once at most; None when that is away."""
        self._look()
        member = self._members[0]
        if not member.health.is_up:
            return None
        answer = await member.ask(work, OPERATION_TIMEOUT_S, is_repeatable=False)
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

    def tell(self, heard: Heard) -> None:
        for member in self._members:
            member.tell(heard)

    async def close(self) -> None:
        for member in self._members:
            await member.close()

    def _look(self) -> None:
        for member in self._members:
            member.look()
        if self._members[0].health.may_lead:
            self._lead(self._members[0], RETURNED)
        elif not self._active.health.is_up:
            # Also where nothing is appended, such as in the web process: people are shown which one is active.
            better = next((each for each in self._members if each.health.is_up), self._active)
            self._lead(better, self._active.health.reason or "")

    def _in_order(self) -> list[Member]:
        """Those that are up before those that might answer all the same; the active one first."""
        return sorted(self._worth_a_try(), key=lambda each: (not each.health.is_up, each is not self._active))

    def _worth_a_try(self) -> list[Member]:
        return [each for each in self._members if each.health.is_worth_a_try]

    def _lead(self, member: Member, reason: str) -> None:
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
