"""One feed: holds its lease, follows its plan, and runs its sessions. Read this file first."""

import asyncio
import logging
import threading
from contextlib import suppress
from typing import Final

from django.db import DatabaseError
from msgspec import MsgspecError

from feeds.address import rest_url
from feeds.clock import Clock
from feeds.connection.board import Board
from feeds.connection.budget import Budget
from feeds.connection.handover import Handover
from feeds.connection.intake import Intake
from feeds.connection.journal import Journal
from feeds.connection.ledger import Ledger
from feeds.connection.offset import Offset
from feeds.connection.pulse import Pulse
from feeds.connection.rest import RestClient
from feeds.connection.sampler import Sampler
from feeds.connection.switchboard import Switchboard
from feeds.connection.vitals import Vitals
from feeds.heartbeat import heartbeats
from feeds.queries import FeedPlan, feed_plan
from feeds.storage import keys
from feeds.storage.allowance import Allowance
from feeds.storage.byhand import LineNow, keep_written
from feeds.storage.database import DatabaseThread
from feeds.storage.latest import decode_feed
from feeds.storage.live import LiveStore
from feeds.storage.recorder import Recorder, States
from feeds.storage.redis import RedisDown
from feeds.storage.replay import Replay
from feeds.storage.spool import Spool
from feeds.storage.tenure import Tenure
from feeds.storage.uptime import UptimeRecorder
from feeds.venues import REGISTRY

logger = logging.getLogger(__name__)

STOP_POLL_S: Final = 0.1
PLAN_EVERY_S: Final = 2.0
RESTARTED: Final = "restarted: the feed was not running"
# A little longer than a polite closing of the sockets takes.
LEAVE_WITHIN_S: Final = 1.5


def lease_name(feed: str) -> str:
    return f"feed:{feed}"


async def run_feed(name: str, holder: str, stop: threading.Event, clock: Clock) -> bool:
    """Runs a feed until `stop` is set, its lease is lost or it is switched off. False if somebody else holds it."""
    database = DatabaseThread(name)
    try:
        tenure = await Tenure.claim(lease_name(name), holder, database, clock)
        if tenure is None:
            return False
        try:
            await _run(name, tenure, database, stop, clock)
        finally:
            await tenure.release()
        return True
    finally:
        await database.close()


async def _run(name: str, tenure: Tenure, database: DatabaseThread, stop: threading.Event, clock: Clock) -> None:
    store, spool = LiveStore(claim=(tenure.resource, tenure.fence)), Spool(name)
    try:
        plan = await database.run(feed_plan, name)
        if plan is not None:
            logger.info("feed %s starts with fence %d", name, tenure.fence)
            await _Feed(plan, tenure, database, store, spool, clock).run(stop)
    finally:
        await spool.close()
        await store.close()


class _Feed:
    def __init__(
        self, plan: FeedPlan, tenure: Tenure, database: DatabaseThread, store: LiveStore, spool: Spool, clock: Clock
    ) -> None:
        self._plan = plan
        self._store = store
        self._tenure = tenure
        self._database = database
        self._clock = clock
        self._board = Board(plan.name, tenure.fence, clock)
        self._recorder = Recorder(store, self._newest, clock, self._board.note_written, spool)
        self._sampler = Sampler(self._recorder, clock)
        self._replay = Replay(store, spool, clock)
        self._journal = Journal(plan.name, database, clock)
        self._allowance = Allowance(store, clock)
        self._ledger = Ledger(database, store, self._allowance, clock, self._board.miss, self._board.fill)
        intake = Intake(self._board, self._recorder, self._sampler, self._ledger, clock)
        self._switchboard = Switchboard(plan, self._board, self._journal, self._ledger, intake, self._allowance, clock)
        self._uptime = UptimeRecorder(database, clock)
        self._pulse = Pulse(plan.name, self._board, self._uptime, self._switchboard.hear, clock)
        self._budget = Budget(f"feed:{plan.name}", database, self._switchboard.alert, self._switchboard.clear, clock)
        self._offset = Offset(self._board.venues.connected, self._client_of, self._board.venues.measure, clock)
        self._vitals = Vitals(self._board, self._recorder, self._journal, store, clock)
        database.heard = self._vitals.heard_of_database
        store.tell(self._vitals.heard_of_redis)

    async def run(self, stop: threading.Event) -> None:
        """Ends with the first of its tasks; then the sockets are closed first, and what came is flushed."""
        self._board.remember(await self._journal.begin())
        await self._resume()
        await self._ledger.adopt(self._plan)
        following = asyncio.create_task(self._switchboard.run())
        recording = asyncio.create_task(self._recorder.run())
        ends = (self._tenure.keep(), self._follow_plan(), self._wait_for(stop))
        beside = (
            self._sampler.run(),
            self._replay.run(),
            self._journal.run(),
            self._ledger.run(),
            self._uptime.run(),
            self._offset.run(),
            self._budget.run(),
            self._pulse.run(self._wells),
            self._vitals.run(),
            keep_written(lease_name(self._plan.name), self._line, self._store, self._clock),
        )
        others = [asyncio.create_task(each) for each in (*ends, *beside)]
        try:
            done, _ = await asyncio.wait([following, recording, *others], return_when=asyncio.FIRST_COMPLETED)
            self._switchboard.stop()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._switchboard.finish(), LEAVE_WITHIN_S)
        finally:
            self._recorder.stop()
            for task in (following, *others):
                task.cancel()
            await asyncio.gather(following, recording, *others, return_exceptions=True)
            self._sampler.finish()
            unwritten = await self._recorder.finish()
            if not await self._journal.finish():
                logger.error("feed %s stops with rows of its journal that the database did not take", self._plan.name)
            if not unwritten:
                # Else its last rows would begin after trades that are nowhere: the next start finds the gap by itself.
                await self._ledger.finish()
            await self._uptime.finish()
        for task in done:
            task.result()

    async def _resume(self) -> None:
        """Takes over from the process that showed the price before, as far as Redis knows: it writes no more."""
        # What a person wrote there by hand is no state of ours.
        with suppress(RedisDown, MsgspecError):
            await self._store.claim()
            (held,) = await self._store.read([keys.feed(self._plan.name)])
            state = decode_feed(held) if held else None
            venue = next((each for each in state.venues if each.venue == state.active), None) if state else None
            if venue is not None and venue.seen_at is not None:
                self._switchboard.resume(Handover(venue.venue, RESTARTED, venue.seen_at, {}))

    async def _follow_plan(self) -> None:
        """Takes over what an admin changed. Ends when the feed is switched off."""
        while (plan := await self._read_plan()) is not None:
            if plan != self._plan:
                logger.info("feed %s has a new plan", plan.name)
                self._plan = plan
                await self._ledger.adopt(plan)
                self._switchboard.adopt(plan)
            await self._clock.sleep(PLAN_EVERY_S)

    async def _read_plan(self) -> FeedPlan | None:
        try:
            return await self._database.run(feed_plan, self._plan.name)
        except DatabaseError as error:
            logger.warning("feed %s stays with the plan that it has: %s", self._plan.name, error)
            return self._plan

    def _line(self) -> LineNow | None:
        """What people read of the line by hand; None where another feed speaks, or somebody else may for this one."""
        if not (self._plan.is_first and self._tenure.may_publish()):
            return None
        leader = self._board.leader
        return LineNow(leader, self._board.seen_at(leader), self._tenure.fence)

    def _wells(self) -> dict[str, bool]:
        """What the feed leans on, and whether that is well."""
        return {"redis": not self._recorder.is_down, "database": not self._database.trouble}

    def _newest(self) -> States | None:
        """What there is to publish. None while somebody else may have the lease."""
        return self._board.take() if self._tenure.may_publish() else None

    def _client_of(self, code: str) -> RestClient:
        venue = REGISTRY[code]
        return RestClient(venue, rest_url(venue), self._allowance, self._clock)

    async def _wait_for(self, stop: threading.Event) -> None:
        """Stamps meanwhile. Afterwards the last rows may wait for the database, which is no blocked loop."""
        try:
            while not stop.is_set():
                heartbeats.beat(self._tenure.resource)
                await self._clock.sleep(STOP_POLL_S)
        finally:
            heartbeats.forget(self._tenure.resource)
