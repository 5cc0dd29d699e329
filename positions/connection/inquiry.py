"""REST beside the stream: asked in turns, on connect and after silence, and held against what the stream told."""

from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, Final

from feeds.errors import BadFrame, SessionEnded, printable
from positions.book.book import Source
from positions.book.reconcile import Read, Reconciler
from positions.connection.access import Access
from positions.connection.around import Around
from positions.connection.cadence import Cadence, What
from positions.connection.line import Line
from positions.errors import AccountRefused, Failure

LOOK_EVERY_S: Final = 0.25
# So long without a word is normal on a quiet account, and may be a stall: REST decides (B6).
SILENT_AFTER_S: Final = 30.0
# With the balances: back to the last read and a little more. The venue tells a week at most.
FILLS_OVERLAP: Final = timedelta(minutes=1)
FILLS_BACK: Final = timedelta(days=6)
CLOCK_EVERY_S: Final = 300.0
TOLD_FROM_FAILURES: Final = 3
REST: Final = "rest"


class Inquiry:
    """With one key. It goes on while the socket is down, for as long as the key is good."""

    def __init__(self, access: Access, line: Line, cadence: Cadence, around: Around) -> None:
        self._access = access
        self._line = line
        self._cadence = cadence
        self._around = around
        self._clock = around.clock
        self._reconciler = Reconciler()
        self._looked_at = self._measured_at = around.clock.monotonic()
        self._failures = 0

    async def run(self) -> None:
        """For ever; nothing is asked while the key is not known to be good."""
        while True:
            await self._access.is_open.wait()
            now = self._clock.monotonic()
            if self._is_worth_a_look(now):
                self._looked_at = now
                self._cadence.at_once(now)
            if now - self._measured_at >= CLOCK_EVERY_S:
                self._measured_at = now
                await self._tried(self._access.measure())
            for what in self._cadence.due(now):
                if self._access.is_open.is_set():
                    await self._tried(self._ask(what))
            self._around.board.budget(self._access.client.budget_used)
            await self._clock.sleep(LOOK_EVERY_S)

    def _is_worth_a_look(self, now: float) -> bool:
        """The line has come up since the last look, or is silent."""
        is_silent = now - max(self._line.heard_at, self._looked_at) >= SILENT_AFTER_S
        return is_silent or self._line.subscribed_at > self._looked_at

    async def _tried(self, asking: Coroutine[Any, Any, None]) -> None:
        """What it takes to get in again is the line's business; anything else is tried again at the next turn."""
        try:
            await asking
        except (SessionEnded, BadFrame) as error:
            self._failed(error)
        else:
            self._failures = 0
            self._around.report.clear(REST)

    def _failed(self, error: SessionEnded | BadFrame) -> None:
        self._failures += 1
        self._around.board.failed(REST, str(error))
        if self._failures >= TOLD_FROM_FAILURES:
            self._around.report.alert(REST, f"REST does not answer as it should: {printable(str(error))}")
        if isinstance(error, AccountRefused) and (error.failure.needs_person or error.failure in _ASKED_ANEW):
            self._access.is_open.clear()
            self._line.cut(error)

    async def _ask(self, what: What) -> None:
        read = await self._read(what)
        judgement = self._reconciler.judge(read, self._around.intake.book, self._clock.now())
        for difference in judgement.drifts:
            self._around.journal.drifted(difference, judgement.resolution)
        for difference in judgement.settled:
            self._around.journal.settled(difference)
        if judgement.adopt:
            self._around.intake.hear(read, Source.REST)
        if judgement.ask_again_after is not None:
            self._cadence.ask_again(what, self._clock.monotonic() + judgement.ask_again_after)
        self._around.board.checked(what, judgement.is_equal, self._reconciler.drifts(type(read)))
        if what is What.POSITIONS:
            self._line.confirm()
        if what is What.BALANCES:
            await self._read_fills()

    async def _read(self, what: What) -> Read:
        client = self._access.client
        try:
            match what:
                case What.POSITIONS:
                    return await client.positions()
                case What.ORDERS:
                    return await client.orders()
                case What.BALANCES:
                    return await client.balances()
        finally:
            self._cadence.asked(what, self._clock.monotonic(), client.budget_used)

    async def _read_fills(self) -> None:
        """Each is stored once, however often it is told."""
        now = self._clock.now()
        since = max(now - FILLS_BACK, (self._around.intake.fills_read_at or now - FILLS_BACK) - FILLS_OVERLAP)
        self._around.intake.hear(await self._access.client.fills(since), Source.REST)
        self._around.intake.fills_read_at = now


_ASKED_ANEW: Final = (Failure.CLOCK, Failure.KIND)
