"""The line to the venues: one session after another, to the venue that is to be active now."""

import asyncio
import logging
import random
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Final

from feeds.clock import Clock
from feeds.connection.board import Board
from feeds.connection.intake import Intake
from feeds.connection.journal import Journal
from feeds.connection.retry import VENUE_FEED
from feeds.connection.session import listen
from feeds.connection.stall import SessionTiming
from feeds.connection.supervisor import Supervisor
from feeds.errors import Replaced, SessionEnded, printable
from feeds.queries import FeedPlan, VenuePlan
from feeds.venues import REGISTRY

logger = logging.getLogger(__name__)

# While no venue may be tried, a new plan is noticed after this long.
LOOK_AGAIN_AFTER_S: Final = 2.0


class Line:
    """Carries out what the supervisor decides. Every state of a venue goes to the board and into the journal."""

    def __init__(self, plan: FeedPlan, board: Board, intake: Intake, journal: Journal, clock: Clock) -> None:
        self._plan = plan
        self._board = board
        self._intake = intake
        self._journal = journal
        self._clock = clock
        self._supervisor = Supervisor(_enabled(plan), plan.failback_after, VENUE_FEED)
        self._leave: asyncio.Future[str] | None = None
        self._is_connected = False
        self._is_stopping = False
        board.follow(plan, clock.now())

    def adopt(self, plan: FeedPlan) -> None:
        """Takes over what an admin changed; a session that no longer fits is left with its next frame."""
        self._plan = plan
        self._board.follow(plan, self._clock.now())
        self._supervisor.reorder(_enabled(plan), plan.failback_after)

    def stop(self) -> None:
        """Leaves the venue, and `follow` returns: after what the venue has sent before it heard of it."""
        self._is_stopping = True
        self._leave_for("the feed stops")

    async def follow(self) -> None:
        """Listens to the venue of the hour, until `stop`."""
        while not self._is_stopping:
            code = self._supervisor.choose(self._clock.monotonic())
            if code is None:
                wait = self._supervisor.wake_at() - self._clock.monotonic()
                await self._clock.sleep(min(LOOK_AGAIN_AFTER_S, max(0.0, wait)))
                continue
            await self._follow(code)

    async def _follow(self, code: str) -> None:
        venue = self._plan.venue(code)
        if venue is None:
            raise LookupError(f"the supervisor chose {code}, which is not in the plan")
        try:
            await self._listen(venue)
        except SessionEnded as error:
            self._end(venue, error)

    async def _listen(self, venue: VenuePlan) -> None:
        """Listens until the session ends, or until there is something better to do; always by a SessionEnded."""
        self._enter(venue.code, "connecting", "")
        dialect = REGISTRY[venue.code]
        url = venue.urls[self._supervisor.attempts(venue.code) % len(venue.urls)]
        timing = SessionTiming(silent_after=venue.silent_after, ping_every=dialect.ping_every)
        plan, self._is_connected = self._plan, False
        self._leave = asyncio.get_running_loop().create_future()
        session = listen(dialect, url, venue.instruments, timing, self._clock, self._leave)
        async with aclosing(session) as frames:
            async for received in frames:
                if received.is_connected and not self._is_connected:
                    self._is_connected = True
                    self._enter(venue.code, "connected", "")
                    self._journal.arrived(venue.code, self._clock.now())
                if received.has_data:
                    self._supervisor.heard(venue.code, self._clock.monotonic())
                await self._intake.take(received, venue)
                self._leave_if_outdated(venue, plan)

    def _leave_if_outdated(self, venue: VenuePlan, plan: FeedPlan) -> None:
        """Leaves when the session's plan changed, or when a better venue may be tried."""
        if self._rest(venue.code) == "disabled":
            self._leave_for("it was switched off")
        elif self._supervisor.is_replaceable(venue.code, self._clock.monotonic()):
            self._leave_for("a better venue may be tried")
        elif plan is not self._plan and not venue.is_served_by(self._plan):
            self._leave_for("its plan changed")

    def _leave_for(self, reason: str) -> None:
        if self._leave is not None and not self._leave.done():
            self._leave.set_result(reason)

    def _end(self, venue: VenuePlan, error: SessionEnded) -> None:
        now, wall = self._clock.monotonic(), self._clock.now()
        # Jitter spreads reconnects of many workers; it is no secret.
        self._supervisor.ended(venue.code, error, now, random.random())  # noqa: S311
        free_in = self._supervisor.free_at(venue.code) - now
        retry_at = wall + timedelta(seconds=free_in) if free_in > 0 else None
        reason = printable(f"{error.reason}: {error}")
        logger.log(logging.INFO if isinstance(error, Replaced) else logging.WARNING, "%s ended, %s", venue.code, reason)
        if self._is_connected:
            self._journal.left(venue.code, reason, self._board.seen_at(venue.code) or wall)
        state = self._rest(venue.code) if isinstance(error, Replaced) else "disconnected"
        self._enter(venue.code, state, reason, retry_at)

    def _rest(self, code: str) -> str:
        """The state of a venue that is not needed."""
        venue = self._plan.venue(code)
        return "idle" if venue is not None and venue.is_enabled else "disabled"

    def _enter(self, code: str, state: str, reason: str, retry_at: datetime | None = None) -> None:
        now, attempts = self._clock.now(), self._supervisor.attempts(code)
        self._board.enter(code, state, reason, now, retry_at, attempts)
        self._journal.entered(code, state, reason, now)


def _enabled(plan: FeedPlan) -> tuple[str, ...]:
    return tuple(venue.code for venue in plan.venues if venue.is_enabled)
