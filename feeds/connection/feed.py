"""The loop of one feed: choose a venue, listen, validate, record; when the session ends, choose again."""

import asyncio
import logging
import random
import threading
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Final

from feeds.clock import Clock
from feeds.connection.board import Board
from feeds.connection.journal import Journal
from feeds.connection.retry import VENUE_FEED
from feeds.connection.session import Received, listen
from feeds.connection.stall import SessionTiming
from feeds.connection.supervisor import Supervisor
from feeds.errors import Replaced, SessionEnded
from feeds.market.validation import Validation, Verdict
from feeds.queries import FeedPlan, VenuePlan, feed_plan
from feeds.storage import lease
from feeds.storage.database import DatabaseThread
from feeds.storage.latest import LoggedTrade
from feeds.storage.recorder import Recorder
from feeds.storage.redis import LiveStore
from feeds.types import Event, Notice, Quote, Trade
from feeds.venues import REGISTRY

logger = logging.getLogger(__name__)

STOP_POLL_S: Final = 0.1
PLAN_EVERY_S: Final = 2.0


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
        self._journal = Journal(plan.name, database, clock)
        self._supervisor = Supervisor(_enabled(plan), plan.failback_after, VENUE_FEED)
        self._validations: dict[str, Validation] = {}
        self._is_outdated = False

    async def run(self, stop: threading.Event) -> None:
        """Ends with the first of its tasks; then the socket is closed first, and what came is flushed."""
        work = (self._follow_venues(), self._recorder.run(), self._journal.run())
        ends = (self._keep_lease(), self._follow_plan(), self._wait_for(stop))
        tasks = [asyncio.create_task(each) for each in (*work, *ends)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
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
            venue = next(venue for venue in self._plan.venues if venue.code == code)
            self._is_outdated = False
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
        validation = self._validations.setdefault(venue.code, Validation(set(venue.instruments)))
        is_connected = False
        async with aclosing(listen(dialect, url, venue.instruments, timing, self._clock)) as frames:
            async for received in frames:
                if received.is_connected and not is_connected:
                    is_connected = True
                    self._enter(venue.code, "connected", "")
                    self._journal.arrived(venue.code, self._clock.now())
                await self._take(received, venue, validation)
                if self._is_outdated or self._supervisor.is_replaceable(venue.code, self._clock.monotonic()):
                    break
        raise Replaced("a better venue may be tried" if not self._is_outdated else "the plan changed")

    async def _take(self, received: Received, venue: VenuePlan, validation: Validation) -> None:
        if received.bad_frame is not None:
            self._board.reject(venue.code)
            logger.warning("%s sent a bad frame: %s", venue.code, received.bad_frame)
        oldest_first = reversed(received.events) if REGISTRY[venue.code].is_newest_first else received.events
        for event in oldest_first:
            await self._take_event(event, venue, validation, received.received_at)

    async def _take_event(self, event: Event, venue: VenuePlan, validation: Validation, received_at: datetime) -> None:
        match event:
            case Trade():
                self._supervisor.heard(venue.code, self._clock.monotonic())
                await self._take_trade(event, venue, validation, received_at)
            case Quote(symbol=symbol) if symbol in venue.instruments:
                self._board.quote(venue.code, venue.instruments[symbol], event, received_at)
            case Notice(text):
                logger.warning("%s: %s", venue.code, text)

    async def _take_trade(self, trade: Trade, venue: VenuePlan, validation: Validation, received_at: datetime) -> None:
        verdict = validation.judge(trade)
        if verdict is not Verdict.ACCEPTED:
            if verdict is not Verdict.DUPLICATE:
                self._board.reject(venue.code)
            return
        logged = LoggedTrade(
            venue=venue.code,
            instrument=venue.instruments[trade.symbol],
            trade_id=trade.trade_id,
            price=trade.price,
            size=trade.size,
            side=trade.side,
            traded_at=trade.traded_at,
            received_at=received_at,
        )
        self._board.trade(logged)
        await self._recorder.add(logged)

    def _end(self, venue: VenuePlan, error: SessionEnded) -> None:
        now, wall = self._clock.monotonic(), self._clock.now()
        # Jitter spreads reconnects of many workers; it is no secret.
        self._supervisor.ended(venue.code, error, now, random.random())  # noqa: S311
        free_in = self._supervisor.free_at(venue.code) - now
        retry_at = wall + timedelta(seconds=free_in) if free_in > 0 else None
        logger.warning("%s ended (%s): %s", venue.code, error.reason, error)
        self._journal.left(venue.code, f"{error.reason}: {error}", self._board.seen_at(venue.code) or wall)
        self._enter(venue.code, "disconnected", f"{error.reason}: {error}", retry_at)

    def _enter(self, code: str, state: str, reason: str, retry_at: datetime | None = None) -> None:
        now, attempts = self._clock.now(), self._supervisor.attempts(code)
        self._board.enter(code, state, reason, now, retry_at, attempts)
        self._journal.entered(code, state, reason, now)

    async def _keep_lease(self) -> None:
        """Renews from the loop that does the work: a blocked loop loses its lease. Ends when it is lost."""
        while await self._database.run(lease.renew, lease_name(self._plan.name), self._holder, self._fence):
            await self._clock.sleep(lease.RENEW_EVERY_S)
        logger.warning("feed %s stops: its lease is lost", self._plan.name)

    async def _follow_plan(self) -> None:
        """Takes over what an admin changed. Ends when the feed is switched off."""
        while (plan := await self._database.run(feed_plan, self._plan.name)) is not None:
            if plan != self._plan:
                self._adopt(plan)
            await self._clock.sleep(PLAN_EVERY_S)

    def _adopt(self, plan: FeedPlan) -> None:
        logger.info("feed %s has a new plan", plan.name)
        self._plan = plan
        self._board.follow(plan, self._clock.now())
        self._validations = {}
        self._supervisor.reorder(_enabled(plan), plan.failback_after)
        self._is_outdated = True

    async def _wait_for(self, stop: threading.Event) -> None:
        while not stop.is_set():
            await self._clock.sleep(STOP_POLL_S)


def _enabled(plan: FeedPlan) -> tuple[str, ...]:
    return tuple(venue.code for venue in plan.venues if venue.is_enabled)
