"""What a venue did not tell, asked for over its REST: its open gaps, newest first, then an audit of what it told.

What comes is in the log before a row says so: a crash between the two asks once more, and loses nothing.
"""

import logging
import math
from collections.abc import Callable, Mapping
from contextlib import aclosing
from datetime import datetime
from typing import Final

from django.db import DatabaseError

from feeds.clock import Clock
from feeds.connection.rest import RestClient
from feeds.errors import BadFrame, SessionEnded, printable
from feeds.market.audit import Doubt, Stretch
from feeds.market.coverage import NOT_COMPARED, Coverage
from feeds.market.gap import Gap, Hole
from feeds.storage import backfill, gaps
from feeds.storage.database import DatabaseThread
from feeds.storage.gaps import OpenGap
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown
from feeds.types import Trade
from feeds.venues import Venue

logger = logging.getLogger(__name__)

# The last trades of a venue are soon gone: Bybit has sixty.
LOOK_EVERY_S: Final = 0.25
RETRY_FIRST_S: Final = 2.0
RETRY_MOST_S: Final = 3600.0
# A gap that is longer stays one: the rest of it would cost the newer gaps their turn.
MAX_TRADES: Final = 10_000
MAX_CALLS: Final = 50
# What an audit found may only be late, and is looked at once more.
DOUBT_S: Final = 1.0
NOT_SENT: Final = "trades were not sent, found by an audit"

FAILURES: Final = (SessionEnded, BadFrame, RedisDown, DatabaseError)


class Repair:
    """One venue, one question at a time. `fill` hears of each gap that is repaired: of which instrument, up to when."""

    def __init__(
        self,
        venue: Venue,
        client: RestClient,
        coverage: Coverage,
        database: DatabaseThread,
        store: LiveStore,
        clock: Clock,
        fill: Callable[[str, datetime], None],
    ) -> None:
        self._venue = venue
        self._client = client
        self._coverage = coverage
        self._database = database
        self._store = store
        self._clock = clock
        self._fill = fill
        self._symbols: dict[str, str] = {}
        self._look_at = 0.0
        self._free_at = 0.0
        self._has_same_ids = False
        self._doubts: list[Doubt] = []
        self._failures: dict[int, int] = {}
        self._retry_at: dict[int, float] = {}

    def follow(self, instruments: Mapping[str, str]) -> None:
        """Only these are asked for: the venue's symbols with our codes."""
        self._symbols = {code: symbol for symbol, code in instruments.items()}
        self.wake()

    def wake(self) -> None:
        """There is a new row."""
        self._look_at = 0.0

    async def run(self) -> None:
        """For ever, an audit and a repair in turn; whatever fails is tried again later."""
        while True:
            has_asked = [await step() for step in (self._audit_next, self._repair_next) if self._is_free()]
            if not any(has_asked):
                await self._clock.sleep(LOOK_EVERY_S)

    def _is_free(self) -> bool:
        return bool(self._symbols) and self._clock.monotonic() >= self._free_at

    async def _repair_next(self) -> bool:
        try:
            gap = await self._next_gap()
        except DatabaseError as error:
            logger.warning("%s: its gaps cannot be read: %s", self._venue.code, error)
            self._look_at = 0.0
            return False
        if gap is None:
            return False
        try:
            await self._repair(gap)
        except FAILURES as error:
            await self._put_off(gap, error)
        return True

    async def _next_gap(self) -> OpenGap | None:
        """The newest one that is due."""
        now = self._clock.monotonic()
        if now < self._look_at:
            return None
        # Before the question: a row that comes meanwhile is looked for again.
        self._look_at = math.inf
        self._retry_at = {number: at for number, at in self._retry_at.items() if at > now}
        question = (self._venue.code, list(self._symbols), self._clock.now(), list(self._retry_at))
        found = await self._database.run(gaps.open_gaps, *question)
        known = [*self._retry_at, *(gap.number for gap in found)]
        self._failures = {number: self._failures.get(number, 0) for number in known}
        self._look_at = 0.0 if found else min([self._look_at, *self._retry_at.values()])
        return next(iter(found), None)

    async def _repair(self, gap: OpenGap) -> None:
        """Page by page, until nothing is missing or the venue has no more of it."""
        filled, reason = gap.filled, f"{self._venue.name} gives {self._venue.rest.reach}"
        async with aclosing(self._client.trades_in(gap.of(self._symbols[gap.instrument]))) as pages:
            calls = 0
            async for page in pages:
                filled += await self._keep(gap.instrument, page.trades)
                calls += 1
                if page.missing is None:
                    reason = ""
                    break
                if not await self._database.run(gaps.narrow, gap.number, page.missing, filled):
                    return
                if filled >= MAX_TRADES or calls >= MAX_CALLS:
                    reason = f"too long: the rest after {filled} trades is not asked for"
                    break
        if await self._database.run(gaps.settle, gap.number, reason, filled, self._clock.now()):
            logger.info("%s %s: %d filled a gap; %s", self._venue.code, gap.instrument, filled, reason or "repaired")
            if not reason:
                self._fill(gap.instrument, gap.before.traded_at)

    async def _put_off(self, gap: OpenGap, error: Exception) -> None:
        """The gap waits longer each time; the venue is left alone for as long as it wishes."""
        logger.warning("%s %s: a gap is not repaired yet: %s", self._venue.code, gap.instrument, error)
        failures = self._failures[gap.number] = self._failures[gap.number] + 1
        wait = min(RETRY_MOST_S, RETRY_FIRST_S * 2 ** min(failures - 1, 20))
        self._retry_at[gap.number] = self._clock.monotonic() + wait
        self._look_at = 0.0
        self._rest_after(error)
        try:
            await self._database.run(gaps.put_off, gap.number, printable(str(error)))
        except DatabaseError as failure:
            logger.warning("%s: why a gap waits is not written: %s", self._venue.code, failure)

    def _rest_after(self, error: Exception) -> None:
        wish = max(error.cool_off, error.wait_at_least) if isinstance(error, SessionEnded) else 0.0
        self._free_at = self._clock.monotonic() + max(RETRY_FIRST_S, wish)

    async def _audit_next(self) -> bool:
        audit, now = self._coverage.audit, self._clock.monotonic()
        if audit is None:
            return False
        stretch = audit.due(now)
        try:
            if stretch is not None:
                if stretch.instrument in self._symbols:
                    await self._compare(stretch)
                audit.done(stretch, now)
            while self._doubts and self._doubts[0].until <= now:
                await self._decide(self._doubts[0])
                self._doubts.pop(0)
        except FAILURES as error:
            logger.warning("%s: an audit waits: %s", self._venue.code, error)
            self._rest_after(error)
        return stretch is not None

    async def _compare(self, stretch: Stretch) -> None:
        """Asks the venue's REST for a stretch. What its socket did not tell may only be late, and is in doubt."""
        asked = Gap(self._symbols[stretch.instrument], stretch.after, stretch.before)
        found: list[Trade] = []
        async with aclosing(self._client.trades_in(asked)) as pages:
            async for page in pages:
                found += page.trades
                if page.missing is not None and len(found) >= MAX_TRADES:
                    await self._leave(stretch.instrument, page.missing)
                    break
        missed = self._coverage.unknown(stretch.instrument, found)
        # Until REST has an id that was told, its ids may be others than the socket's: all would seem to be missing.
        self._has_same_ids = self._has_same_ids or len(missed) < len(found)
        if missed and self._has_same_ids:
            self._doubts.append(Doubt(self._clock.monotonic() + DOUBT_S, stretch, missed))

    async def _leave(self, instrument: str, rest: Gap) -> None:
        """What is too long for an audit is a gap like others."""
        hole = Hole(self._venue.code, instrument, rest.after, rest.before, NOT_COMPARED)
        await self._database.run(gaps.note, hole, self._clock.now())
        self.wake()

    async def _decide(self, doubt: Doubt) -> None:
        """What was not told meanwhile is stored, with a row that says so."""
        stretch = doubt.stretch
        missed = self._coverage.unknown(stretch.instrument, doubt.missed)
        if kept := await self._keep(stretch.instrument, missed):
            hole = Hole(self._venue.code, stretch.instrument, stretch.after, stretch.before, NOT_SENT)
            await self._database.run(gaps.note_audit, hole, kept, self._clock.now())
            self._coverage.learn(stretch.instrument, missed)

    async def _keep(self, instrument: str, trades: list[Trade]) -> int:
        return await backfill.keep(self._store, self._venue.code, instrument, trades, self._clock.now())
