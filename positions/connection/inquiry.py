"""REST beside the stream: asked in turns, on connect and after silence, and held against what the stream told."""

from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, Final

from feeds.errors import BadFrame, SessionEnded, printable
from positions.book.book import Source
from positions.book.difference import Read
from positions.book.reconcile import Reconciler
from positions.connection.access import Access
from positions.connection.around import Around
from positions.connection.cadence import Cadence, What
from positions.connection.line import BUDGET, FILLS, Line, chance
from positions.connection.usage import ALERT_FROM
from positions.errors import AccountRefused, Failure, sentence, type_of

LOOK_EVERY_S: Final = 0.25
# So long without a word is normal on a quiet account, and may be a stall: REST decides (B6).
SILENT_AFTER_S: Final = 30.0
# With the balances: back to the last read and a little more. At first, of the week that the venue tells.
FILLS_OVERLAP: Final = timedelta(minutes=1)
FILLS_BACK: Final = timedelta(days=6)
CLOCK_EVERY_S: Final = 300.0
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
        self._was_up = False
        # Where the list of fills goes on that was too long for one turn, and until when it tells them.
        self._fills_after = ""
        self._fills_until = around.clock.now()

    async def run(self) -> None:
        """For ever; nothing is asked while the key is not known to be good."""
        while True:
            await self._access.is_open.wait()
            now = self._clock.monotonic()
            self._hasten(now)
            if now - self._measured_at >= CLOCK_EVERY_S:
                self._measured_at = now
                await self._tried(self._access.check())
            for what in self._cadence.due(now):
                if self._access.is_open.is_set():
                    await self._look_at(what)
            await self._clock.sleep(LOOK_EVERY_S)

    def _hasten(self, now: float) -> None:
        """Where the line has come up, is silent, or may have missed something since the last look."""
        was_up, self._was_up = self._was_up, self._line.is_up
        is_silent = now - max(self._line.heard_at, self._looked_at) >= SILENT_AFTER_S
        if is_silent or self._line.is_up and not was_up:
            self._cadence.at_once(now)
        elif self._line.missed_at > self._looked_at:
            self._cadence.hurry(now)
        else:
            return
        self._looked_at = now

    async def _look_at(self, what: What) -> None:
        """Each has its own age, so that one question that fails is not hidden by others that are answered."""
        if reason := await self._tried(self._ask(what)):
            self._around.board.unchecked(what, reason)
            self._cadence.failed(what, self._clock.monotonic(), chance())

    async def _tried(self, asking: Coroutine[Any, Any, None]) -> str:
        """Why it came to nothing, to be tried again at the next turn; "" where it did not.

        What it takes to get in again is the line's business, which tells it.
        """
        try:
            await asking
        except (SessionEnded, BadFrame) as error:
            return self._failed(error)
        finally:
            self._show_budget()
        return ""

    def _failed(self, error: SessionEnded | BadFrame) -> str:
        self._around.board.failed(REST, str(error))
        if isinstance(error, AccountRefused) and (error.failure.needs_person or error.failure in _ASKED_ANEW):
            self._access.is_open.clear()
            self._line.cut(error)
            return ""
        reason = printable(sentence(error))
        self._around.board.erred(type_of(error), reason)
        return reason

    def _show_budget(self) -> None:
        used = self._access.client.budget_used
        self._around.board.budget(used)
        text = f"{used:.0%} of what BitGet's REST allows is in use" if used >= ALERT_FROM else ""
        self._around.report.keep(BUDGET, text)

    async def _ask(self, what: What) -> None:
        asked_at = self._clock.monotonic()
        read = await self._read(what)
        self._cadence.answered(what)
        # After a frame that made no sense nobody knows all; the read is still held against what is known.
        is_up = self._line.is_up
        is_followed = is_up and self._line.missed_at <= asked_at
        book, now = self._around.intake.book, self._clock.now()
        judgement = self._reconciler.judge(read, book, now, is_followed=is_up)
        for difference, resolution in judgement.drifts:
            self._around.journal.drifted(difference, resolution)
        for difference in judgement.settled:
            self._around.journal.settled(difference)
        if judgement.adopt is not None:
            self._around.intake.hear(judgement.adopt, Source.REST, is_followed=is_followed, said=read)
        if judgement.ask_again_after is not None:
            self._cadence.ask_again(what, self._clock.monotonic() + judgement.ask_again_after)
        drifts = self._reconciler.drifts(type(read))
        self._around.board.checked(what, self._cadence.period(what), judgement.is_equal, drifts)
        if what is What.POSITIONS and is_followed:
            self._line.confirm()
        if what is What.BALANCES:
            await self._look_at_fills()

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

    async def _look_at_fills(self) -> None:
        if reason := await self._tried(self._read_fills()):
            self._around.report.alert(FILLS, f"the last fills are not known: {reason}")

    async def _read_fills(self) -> None:
        """Each is stored once, however often it is told. All times are the venue's, wherever our clock is."""
        client, intake = self._access.client, self._around.intake
        if not self._fills_after:
            self._fills_until = client.venue_now()
        since = (intake.fills_read_at or self._fills_until - FILLS_BACK) - FILLS_OVERLAP
        try:
            page = await client.fills(since, self._fills_after)
        except (AccountRefused, BadFrame):
            # It may be the place where the list goes on that is not known any more.
            self._fills_after = ""
            raise
        intake.hear(page.content, Source.REST)
        self._fills_after = page.after
        if not page.after:
            intake.read_fills(self._fills_until)
        self._around.report.keep(FILLS, page.after and "there are many fills: the older ones are still being read")


_ASKED_ANEW: Final = (Failure.CLOCK, Failure.KIND)
