"""The loop of one feed: choose a venue, listen, validate, record; when the session ends, choose again."""

import asyncio
import logging
import random
import threading
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError

from feeds.clock import Clock
from feeds.connection.board import Board
from feeds.connection.intake import Intake
from feeds.connection.journal import Journal
from feeds.connection.retry import VENUE_FEED
from feeds.connection.session import listen
from feeds.connection.stall import SessionTiming
from feeds.connection.supervisor import Supervisor
from feeds.errors import Replaced, SessionEnded
from feeds.queries import FeedPlan, VenuePlan, feed_plan
from feeds.storage import lease
from feeds.storage.database import DatabaseThread
from feeds.storage.recorder import Recorder
from feeds.storage.redis import LiveStore
from feeds.venues import REGISTRY

logger = logging.getLogger(__name__)

STOP_POLL_S: Final = 0.1
PLAN_EVERY_S: Final = 2.0
# Longer than a polite closing of the socket takes.
CANCEL_AGAIN_AFTER_S: Final = 1.5


def lease_name(feed: str) -> str:
    return f"feed:{feed}"


async def run_feed(name: str, holder: str, stop: threading.Event, clock: Clock) -> bool:
    """Runs a feed until `stop` is set, its lease is lost or it is switched off. False if somebody else holds it."""
    database, store = DatabaseThread(name), LiveStore()
    try:
        fence = await database.run(lease.claim, lease_name(name), holder)
        if fence is None:
            return False
        plan = await database.run(feed_plan, name)
        if plan is not None:
            logger.info("feed %s starts with fence %d", name, fence)
            await _Feed(plan, holder, fence, database, store, clock).run(stop)
        await database.run(lease.release, lease_name(name), holder, fence)
        return True
    finally:
        await store.close()
        await database.close()


class _Feed:
    def __init__(
        self,
        plan: FeedPlan,
        holder: str,
        fence: int,
        database: DatabaseThread,
        store: LiveStore,
        clock: Clock,
    ) -> None:
        self._plan = plan
        self._holder, self._fence = holder, fence
        self._database = database
        self._clock = clock
        self._board = Board(plan.name, fence, clock)
        self._board.follow(plan, clock.now())
        self._recorder = Recorder(store, self._board.take, clock)
        self._intake = Intake(self._board, self._recorder)
        self._journal = Journal(plan.name, database, clock)
        self._supervisor = Supervisor(_enabled(plan), plan.failback_after, VENUE_FEED)

    async def run(self, stop: threading.Event) -> None:
        """Ends with the first of its tasks; then the socket is closed first, and what came is flushed."""
        work = (self._follow_venues(), self._recorder.run(), self._journal.run())
        ends = (self._keep_lease(), self._follow_plan(), self._wait_for(stop))
        tasks = [asyncio.create_task(each) for each in (*work, *ends)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _end(tasks)
            await self._recorder.finish()
            await self._journal.finish()
        for task in done:
            task.result()

    async def _follow_venues(self) -> None:
        while True:
            code = self._supervisor.choose(self._clock.monotonic())
            if code is None:
                wait = self._supervisor.wake_at() - self._clock.monotonic()
                await self._clock.sleep(min(PLAN_EVERY_S, max(0.0, wait)))
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
        plan, is_connected = self._plan, False
        async with aclosing(listen(dialect, url, venue.instruments, timing, self._clock)) as frames:
            async for received in frames:
                if received.is_connected and not is_connected:
                    is_connected = True
                    self._enter(venue.code, "connected", "")
                    self._journal.arrived(venue.code, self._clock.now())
                if received.has_data:
                    self._supervisor.heard(venue.code, self._clock.monotonic())
                await self._intake.take(received, venue)
                self._leave_if_outdated(venue, plan)

    def _leave_if_outdated(self, venue: VenuePlan, plan: FeedPlan) -> None:
        """Ends the session when its plan changed, or when a better venue may be tried."""
        if self._supervisor.is_replaceable(venue.code, self._clock.monotonic()):
            raise Replaced("a better venue may be tried")
        if plan is not self._plan and not venue.is_served_by(self._plan):
            raise Replaced("its plan changed")

    def _end(self, venue: VenuePlan, error: SessionEnded) -> None:
        now, wall = self._clock.monotonic(), self._clock.now()
        # Jitter spreads reconnects of many workers; it is no secret.
        self._supervisor.ended(venue.code, error, now, random.random())  # noqa: S311
        free_in = self._supervisor.free_at(venue.code) - now
        retry_at = wall + timedelta(seconds=free_in) if free_in > 0 else None
        logger.warning("%s ended (%s): %s", venue.code, error.reason, error)
        self._journal.left(venue.code, f"{error.reason}: {error}", self._board.seen_at(venue.code) or wall)
        state = self._rest(venue.code) if isinstance(error, Replaced) else "disconnected"
        self._enter(venue.code, state, f"{error.reason}: {error}", retry_at)

    def _rest(self, code: str) -> str:
        """The state of a venue that is not needed."""
        venue = self._plan.venue(code)
        return "idle" if venue is not None and venue.is_enabled else "disabled"

    def _enter(self, code: str, state: str, reason: str, retry_at: datetime | None = None) -> None:
        now, attempts = self._clock.now(), self._supervisor.attempts(code)
        self._board.enter(code, state, reason, now, retry_at, attempts)
        self._journal.entered(code, state, reason, now)

    async def _keep_lease(self) -> None:
        """Renews from the loop that does the work: a blocked loop loses its lease. Ends when it is lost."""
        while await self._renew():
            await self._clock.sleep(lease.RENEW_EVERY_S)
        logger.warning("feed %s stops: its lease is lost", self._plan.name)

    async def _renew(self) -> bool:
        try:
            return await self._database.run(lease.renew, lease_name(self._plan.name), self._holder, self._fence)
        except DatabaseError as error:
            # Nobody else can take the lease while the database is away, and trades can still be logged.
            logger.warning("feed %s cannot renew its lease: %s", self._plan.name, error)
            return True

    async def _follow_plan(self) -> None:
        """Takes over what an admin changed. Ends when the feed is switched off."""
        while (plan := await self._read_plan()) is not None:
            if plan != self._plan:
                self._adopt(plan)
            await self._clock.sleep(PLAN_EVERY_S)

    async def _read_plan(self) -> FeedPlan | None:
        try:
            return await self._database.run(feed_plan, self._plan.name)
        except DatabaseError as error:
            logger.warning("feed %s stays with the plan that it has: %s", self._plan.name, error)
            return self._plan

    def _adopt(self, plan: FeedPlan) -> None:
        logger.info("feed %s has a new plan", plan.name)
        self._plan = plan
        self._board.follow(plan, self._clock.now())
        self._supervisor.reorder(_enabled(plan), plan.failback_after)

    async def _wait_for(self, stop: threading.Event) -> None:
        while not stop.is_set():
            await self._clock.sleep(STOP_POLL_S)


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    """Cancels until all have ended: asyncio.wait_for, in which redis-py sends, may swallow one before Python 3.12."""
    while alive := [task for task in tasks if not task.done()]:
        for task in alive:
            task.cancel()
        await asyncio.wait(alive, timeout=CANCEL_AGAIN_AFTER_S)


def _enabled(plan: FeedPlan) -> tuple[str, ...]:
    return tuple(venue.code for venue in plan.venues if venue.is_enabled)
