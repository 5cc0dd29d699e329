"""What the market says of the symbols that an account holds: mark prices as they come, hourly ranges now and then."""

import asyncio
import logging
from typing import Final

from django.db import DatabaseError

from feeds.storage.database import DatabaseThread
from positions.connection.around import Around
from positions.connection.marks import Marks
from positions.plan import AccountPlan
from positions.queries.atr import hourly_ranges
from positions.venues.bitget import DIALECTS
from positions.words import AccountKind

logger = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 0.5
RANGES_EVERY_S: Final = 300.0


class Market:
    """Needs no key, and goes on while the private line is down."""

    def __init__(self, plan: AccountPlan, around: Around) -> None:
        self._around = around
        # Not the one that renews the lease: ranges of many symbols may take a while.
        self._database = DatabaseThread(f"ranges:{plan.id}")
        # Prices are the same in both of the venue's worlds.
        dialect = DIALECTS[plan.kind or AccountKind.CLASSIC]
        board = around.board
        self._marks = Marks(dialect, plan.environment, board.mark, board.failed, around.allowance, around.clock)

    async def run(self) -> None:
        """For ever."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._marks.run())
                group.create_task(self._look())
        finally:
            await self._database.close()

    async def _look(self) -> None:
        measured: set[str] = set()
        measured_at = float("-inf")
        while True:
            held, now = {key.symbol for key in self._around.intake.book.positions}, self._around.clock.monotonic()
            self._marks.hold(held)
            if held - measured or now - measured_at >= RANGES_EVERY_S:
                await self._measure(held)
                measured, measured_at = held, now
            await self._around.clock.sleep(LOOK_EVERY_S)

    async def _measure(self, symbols: set[str]) -> None:
        try:
            ranges = await self._database.run(hourly_ranges, sorted(symbols), self._around.clock.now())
        except DatabaseError as error:
            logger.warning("hourly ranges stay as they are: %s", error)
            return
        self._around.board.measure(ranges)
