"""The line to the venues: one session after another, to the venue that is to be active now."""

import asyncio
import logging
import random
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from feeds.clock import Clock
from feeds.connection.board import Board
from feeds.connection.detour import Detour
from feeds.connection.intake import Intake
from feeds.connection.journal import Journal
from feeds.connection.retry import VENUE_FEED, planned_life
from feeds.connection.review import Review
from feeds.connection.session import Received, listen
from feeds.connection.stall import SessionTiming
from feeds.connection.supervisor import Supervisor
from feeds.errors import Replaced, SessionEnded, Silent, printable
from feeds.queries import FeedPlan, VenuePlan
from feeds.storage.allowance import BAN, CONNECT, Allowance
from feeds.venues import REGISTRY

logger = logging.getLogger(__name__)

# While no venue may be tried, a new plan is noticed after this long.
LOOK_AGAIN_AFTER_S: Final = 2.0


@dataclass(frozen=True)
class Around:
    """What a line works with, and shares with the lines of its detours."""

    board: Board
    intake: Intake
    journal: Journal
    allowance: Allowance
    clock: Clock


class Line:
    """Carries out what the supervisor decides. Every state of a venue goes to the board and into the journal.

    What a venue refuses of a plan is followed elsewhere by a detour, which is a line as well, but not the leading one.
    """

    def __init__(self, plan: FeedPlan, around: Around, *, is_leading: bool = True) -> None:
        self._plan = plan
        self._around = around
        self._clock = around.clock
        self._is_leading = is_leading
        self._supervisor = Supervisor(_enabled(plan), plan.failback_after, VENUE_FEED)
        self._detour = Detour(lambda part: Line(part, around, is_leading=False))
        self._leave: asyncio.Future[str] | None = None
        self._is_connected = False
        self._lost: set[str] = set()
        self._news_at = 0.0
        self._is_stopping = False

    def adopt(self, plan: FeedPlan) -> None:
        """Takes over what an admin changed; a session that no longer fits is left soon."""
        self._plan = plan
        self._detour.adopt(plan)
        self._supervisor.reorder(_enabled(plan), plan.failback_after)

    def stop(self) -> None:
        """Leaves the venue, and `follow` returns: after what the venue has sent before it heard of it."""
        self._is_stopping = True
        self._detour.stop()
        self._leave_for("the feed stops")

    async def follow(self) -> None:
        """Listens to the venue of the hour, until `stop`."""
        try:
            await self._follow_the_best()
        finally:
            await self._detour.finish()

    async def _follow_the_best(self) -> None:
        while not self._is_stopping:
            code = self._supervisor.choose(self._clock.monotonic())
            if code is None:
                wait = self._supervisor.wake_at() - self._clock.monotonic()
                await self._clock.sleep(min(LOOK_AGAIN_AFTER_S, max(0.0, wait)))
            elif (venue := self._plan.venue(code)) is not None and await self._may_connect(venue):
                await self._follow(venue)

    async def _may_connect(self, venue: VenuePlan) -> bool:
        """Whether the venue's limits allow it now, for all workers together; else it is put off."""
        wait = await self._around.allowance.ask(venue.code, CONNECT, venue.connects)
        if wait > 0:
            self._supervisor.postpone(venue.code, self._clock.monotonic() + wait)
            retry_at = self._clock.now() + timedelta(seconds=wait)
            reason = await self._around.allowance.wish(venue.code)
            state = "blocked" if reason.startswith(BAN) else "disconnected"
            self._enter(venue.code, state, reason or "its limit of connections is reached", retry_at)
        return wait == 0

    async def _follow(self, venue: VenuePlan) -> None:
        try:
            await self._listen(venue)
        except SessionEnded as error:
            await self._end(venue, error)
        finally:
            self._detour.end()

    async def _listen(self, venue: VenuePlan) -> None:
        """Listens until the session ends, or until there is something better to do; always by a SessionEnded."""
        self._enter(venue.code, "connecting", "")
        dialect = REGISTRY[venue.code]
        url = venue.urls[self._supervisor.attempts(venue.code) % len(venue.urls)]
        timing = SessionTiming(silent_after=venue.silent_after, ping_every=venue.ping_every, messages=venue.messages)
        self._is_connected, self._news_at = False, self._clock.monotonic()
        self._lost.clear()
        self._around.board.lose(venue.code, self._lost)
        self._leave = asyncio.get_running_loop().create_future()
        review = Review(self._plan, venue, self._clock.monotonic(), planned_life(dialect.life_after, _chance()))
        session = listen(dialect, url, venue.instruments, timing, self._clock, self._leave)
        async with aclosing(session) as frames:
            async for received in frames:
                await self._take(received, venue)
                now = self._clock.monotonic()
                if reason := review.reason_to_leave(received.events, self._plan, self._supervisor, now):
                    self._leave_for(reason)

    async def _take(self, received: Received, venue: VenuePlan) -> None:
        if received.is_connected and not self._is_connected:
            self._is_connected = True
            self._enter(venue.code, "connected", "")
            await self._around.allowance.forgive(venue.code)
            if self._is_leading:
                self._around.journal.arrived(venue.code, self._clock.now())
        if received.lost:
            self._lose(received, venue)
        is_news = await self._around.intake.take(received, venue)
        now = self._clock.monotonic()
        if is_news:
            self._news_at = now
            self._supervisor.heard(venue.code, now)
        elif received.has_data and now - self._news_at >= venue.silent_after:
            raise Silent(f"nothing that can be taken for {venue.silent_after:g} s")

    def _lose(self, received: Received, venue: VenuePlan) -> None:
        """Some instruments are not to be had here: they are followed elsewhere while this session lasts."""
        for refused in received.lost:
            self._lost.add(venue.instruments[refused.symbol])
            reason = printable(f"refused {refused.symbol}: {refused}")
            logger.warning("%s %s", venue.code, reason)
            self._enter(venue.code, "connected" if self._is_connected else "connecting", reason)
        self._around.board.lose(venue.code, self._lost)
        self._detour.take(self._plan, venue.code, self._lost)

    def _leave_for(self, reason: str) -> None:
        if self._leave is not None and not self._leave.done():
            self._leave.set_result(reason)

    async def _end(self, venue: VenuePlan, error: SessionEnded) -> None:
        seconds = await self._around.allowance.cool_off(venue.code, error)
        now, wall = self._clock.monotonic(), self._clock.now()
        self._supervisor.ended(venue.code, error, now, _chance())
        self._supervisor.postpone(venue.code, now + seconds)
        free_in = self._supervisor.free_at(venue.code) - now
        retry_at = wall + timedelta(seconds=free_in) if free_in > 0 else None
        reason = printable(f"{error.reason}: {error}")
        logger.log(logging.INFO if isinstance(error, Replaced) else logging.WARNING, "%s ended, %s", venue.code, reason)
        if self._is_connected and self._is_leading:
            self._around.journal.left(venue.code, reason, self._around.board.seen_at(venue.code) or wall)
        self._enter(venue.code, self._state_after(venue, error), reason, retry_at)

    def _state_after(self, venue: VenuePlan, error: SessionEnded) -> str:
        if isinstance(error, Replaced):
            return self._rest(venue.code)
        return "blocked" if error.is_ban else "disconnected"

    def _rest(self, code: str) -> str:
        """The state of a venue that is not needed."""
        return "idle" if self._plan.has_enabled(code) else "disabled"

    def _enter(self, code: str, state: str, reason: str, retry_at: datetime | None = None) -> None:
        now, attempts = self._clock.now(), self._supervisor.attempts(code)
        self._around.board.enter(code, state, reason, now, retry_at, attempts, is_leading=self._is_leading)
        self._around.journal.entered(code, state, reason, now)


def _enabled(plan: FeedPlan) -> tuple[str, ...]:
    return tuple(venue.code for venue in plan.venues if venue.is_enabled)


def _chance() -> float:
    """Jitter spreads what many workers do; it is no secret."""
    return random.random()  # noqa: S311
