"""One account: holds its lease, follows its plan, and runs its line and its questions. Read this file first."""

import asyncio
import logging
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from django.db import DatabaseError

from feeds.clock import Clock
from feeds.heartbeat import heartbeats
from feeds.storage.allowance import Allowance
from feeds.storage.database import DatabaseThread
from feeds.storage.latest import Stamped
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown
from feeds.storage.tenure import Tenure
from positions.board.board import Board
from positions.connection.access import Access
from positions.connection.around import Around
from positions.connection.cadence import Cadence
from positions.connection.condition import LineState
from positions.connection.inquiry import REST, Inquiry
from positions.connection.intake import Intake
from positions.connection.line import Line
from positions.connection.market import Market
from positions.connection.publisher import Publisher
from positions.connection.report import Report
from positions.connection.uptime import LineUptime
from positions.keys.encryption import CannotOpen
from positions.plan import AccountPlan
from positions.queries import account_credentials, account_plan, last_changes
from positions.storage.journal import AccountJournal

logger = logging.getLogger(__name__)

STOP_POLL_S: Final = 0.1
PLAN_EVERY_S: Final = 2.0
SEALED: Final = "sealed"
BREACH: Final = "breach"


def lease_name(account: str) -> str:
    return f"account:{account}"


def hold_account(account: str, holder: str, stop: threading.Event, clock: Clock) -> bool:
    """The same for a thread without a loop."""
    return asyncio.run(run_account(account, holder, stop, clock))


async def run_account(account: str, holder: str, stop: threading.Event, clock: Clock) -> bool:
    """Follows an account until `stop` is set, its lease is lost or it is switched off. False if another one does.

    `account` is its id.
    """
    database = DatabaseThread(lease_name(account))
    try:
        tenure = await Tenure.claim(lease_name(account), holder, database, clock)
        if tenure is None:
            return False
        try:
            await _run(int(account), tenure, database, stop, clock)
        finally:
            await tenure.release()
        return True
    finally:
        await database.close()


async def _run(account: int, tenure: Tenure, database: DatabaseThread, stop: threading.Event, clock: Clock) -> None:
    store = LiveStore(claim=(tenure.resource, tenure.fence))
    try:
        plan = await database.run(account_plan, account)
        if plan is not None:
            # Where it fails, the first write makes it known.
            with suppress(RedisDown):
                await store.claim()
            logger.info("account %d is followed with fence %d", plan.id, tenure.fence)
            await _Stream(plan, tenure, database, store, clock).run(stop)
    finally:
        await store.close()


class _Stream:
    def __init__(
        self, plan: AccountPlan, tenure: Tenure, database: DatabaseThread, store: LiveStore, clock: Clock
    ) -> None:
        self._plan = plan
        self._tenure = tenure
        self._database = database
        self._clock = clock
        self._board = board = Board(plan, tenure.fence, clock)
        self._journal = journal = AccountJournal(plan.id, database, clock)
        self._report = report = Report(plan.id, board, journal, clock)
        self._intake = intake = Intake(board, journal, clock)
        self._around = Around(intake, board, journal, report, Allowance(store, clock), clock)
        self._uptime = LineUptime(plan.id, board, database, clock)
        self._publisher = Publisher(store, self._newest, clock)
        self._following: asyncio.Task[None] | None = None

    async def run(self, stop: threading.Event) -> None:
        """Ends with the first of its tasks; the socket is closed first, and what came is written down."""
        await self._recall()
        self._report.enter(LineState.DISCONNECTED, "a worker begins to follow the account")
        ends = (self._tenure.keep(), self._follow_plan(), self._publisher.run(), self._wait_for(stop))
        works = (self._journal.run(), self._uptime.sample(), self._uptime.write())
        tasks = [asyncio.create_task(each) for each in (*ends, *works)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._finish()
        for task in done:
            task.result()

    async def _recall(self) -> None:
        """What the account held when it was last seen: shown as old until the venue tells how it is."""
        self._intake.recall(await self._journal.begin())
        with suppress(DatabaseError):
            self._board.desk.recall(await self._database.run(last_changes, self._plan.id))

    async def _finish(self) -> None:
        """What was held stays, and is shown as old."""
        self._intake.interrupted()
        self._report.enter(LineState.DISCONNECTED, "no worker follows the account")
        await self._publisher.flush()
        await self._uptime.finish()
        if not await self._journal.finish():
            logger.error("account %d: the database did not take the last rows of its journal", self._plan.id)

    async def _follow_plan(self) -> None:
        """Begins anew with each change of an admin's. Ends when the account is switched off."""
        try:
            while (plan := await self._read_plan()) is not None:
                was, self._plan = self._plan, plan
                self._board.follow(plan)
                if self._following is None or _order(plan) != _order(was):
                    await self._leave()
                    self._following = asyncio.create_task(self._follow(plan))
                elif self._following.done():
                    self._following.result()
                await self._clock.sleep(PLAN_EVERY_S)
        finally:
            await self._leave()

    async def _read_plan(self) -> AccountPlan | None:
        try:
            return await self._database.run(account_plan, self._plan.id)
        except DatabaseError as error:
            logger.warning("account %d stays with the plan that it has: %s", self._plan.id, error)
            return self._plan

    async def _leave(self) -> None:
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
            self._intake.interrupted()

    async def _follow(self, plan: AccountPlan) -> None:
        """With one key. Ends where there is none that opens."""
        try:
            credentials = await self._database.run(account_credentials, plan.id)
        except CannotOpen as error:
            self._report.enter(LineState.ERROR, str(error))
            self._report.alert(SEALED, str(error))
            return
        self._report.clear(SEALED)
        self._board.rings.hide((credentials.key, credentials.secret, credentials.passphrase))
        access = Access(plan, credentials, self._around)
        line = Line(access, self._around)
        cadence = Cadence(plan.profile, plan.id, self._clock.monotonic())
        async with asyncio.TaskGroup() as group:
            group.create_task(line.run())
            group.create_task(Inquiry(access, line, cadence, self._around).run())
            group.create_task(Market(plan, self._around).run())

    def _newest(self) -> Mapping[str, Stamped] | None:
        """What there is to publish. None while somebody else may have the lease."""
        if not self._tenure.may_publish():
            return None
        states = self._board.take()
        self._report.keep(BREACH, self._board.breach)
        self._report.keep(REST, self._board.overdue)
        for kind, text in self._board.alarms.items():
            self._report.keep(kind, text)
        return states

    async def _wait_for(self, stop: threading.Event) -> None:
        """Stamps meanwhile. Afterwards the last rows may wait for the database, which is no blocked loop."""
        try:
            while not stop.is_set():
                heartbeats.beat(self._tenure.resource)
                await self._clock.sleep(STOP_POLL_S)
        finally:
            heartbeats.forget(self._tenure.resource)


def _order(plan: AccountPlan) -> AccountPlan:
    """What the account is followed by; a change begins anew. Not what we found out, nor how people call it."""
    return plan._replace(kind=None, uid="", label="", is_first=False)
