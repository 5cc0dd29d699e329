"""The private line of an account with one key: session after session, until a person is needed."""

import asyncio
import random
from collections.abc import Coroutine
from contextlib import aclosing
from itertools import count
from typing import Any, Final

from structlog.contextvars import bind_contextvars

from feeds.errors import BadFrame, ConnectFailed, SessionEnded, printable
from feeds.storage.allowance import CONNECT
from feeds.venues.rest import CallRefused
from positions.book.book import Source
from positions.connection.access import Access
from positions.connection.around import Around
from positions.connection.condition import NEVER, Condition, LineState, Remedy
from positions.connection.session import TIMING, Heard, listen
from positions.errors import AccountRefused, ErrorType, sentence
from positions.limits import CONNECTS, VENUE
from positions.types import AccountEvent, AccountNews, Positions, Subscribed
from positions.venues.bitget_codes import MAY_BE_CLOCK, SOCKET_LIMITS

EXHAUSTED: Final = "exhausted"
REFUSED: Final = "refused"
# Of what is asked beside it.
FILLS: Final = "fills"
BUDGET: Final = "budget"


class Line:
    """`heard_at` is when the stream last told anything of the account; `missed_at` when it may last have missed
    something, so that a look is worth it: every channel has just been acknowledged, or a frame made no sense. Both are
    monotonic seconds.
    """

    def __init__(self, access: Access, around: Around) -> None:
        self._access = access
        self._around = around
        self._clock = around.clock
        self._condition = Condition()
        self._numbers = count(1)
        self._cut: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._session = self._shown = LineState.DISCONNECTED
        self._has_positions = False
        self._channels: set[str] = set()
        self.heard_at = around.clock.monotonic()
        self.missed_at = float("-inf")

    @property
    def is_up(self) -> bool:
        """Every channel is acknowledged: whatever changes is told."""
        return self._session is LineState.CONNECTED

    async def run(self) -> None:
        """Ends when nothing can be done before somebody edits the account, or tests it with success."""
        wait = 0.0
        while wait < NEVER:
            try:
                await self._until_cut(self._try(wait))
            except SessionEnded as error:
                if _is_of_socket(error):
                    await self._around.allowance.cool_off(VENUE, error)
                wait = self._ended(error)

    def cut(self, error: SessionEnded) -> None:
        """REST was told something that ends the session, or that spares the next try."""
        if not self._cut.done():
            self._cut.set_exception(error)
            # Seen: nobody has to wait for it.
            self._cut.exception()

    def confirm(self) -> None:
        """REST told all positions."""
        self._has_positions = True
        self._show()

    async def _until_cut(self, work: Coroutine[Any, Any, None]) -> None:
        self._cut = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(work)
        try:
            done, _ = await asyncio.wait([task, self._cut], return_when=asyncio.FIRST_COMPLETED)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        for each in done:
            each.result()

    async def _try(self, wait: float) -> None:
        """Always ends by a SessionEnded. In a task of its own: lines of the log say which session they are about."""
        bind_contextvars(venue=VENUE, session=next(self._numbers))
        await self._clock.sleep(wait)
        self._session, self._has_positions, self._channels = LineState.CONNECTING, False, set()
        self._around.board.subscribed(self._channels)
        self._show()
        try:
            entrance = await self._access.enter(chance())
        except BadFrame as error:
            raise ConnectFailed(f"the venue could not be asked: {sentence(error)}") from error
        await self._around.allowance.wait(VENUE, CONNECT, CONNECTS)
        async with aclosing(listen(entrance, TIMING, self._clock)) as session:
            async for heard in session:
                was_up = self.is_up
                self._take(heard)
                if self.is_up and not was_up:
                    await self._around.allowance.forgive(VENUE)

    def _take(self, heard: Heard) -> None:
        self._around.board.heartbeat()
        if heard.bad_frame is not None:
            self._around.board.failed("frame", str(heard.bad_frame))
            self._around.board.erred(ErrorType.DATA, printable(sentence(heard.bad_frame)))
            self.missed_at = self._clock.monotonic()
        elif heard.frame:
            self._around.board.said(_kind(heard.events), heard.frame.decode(errors="replace"))
        for event in heard.events:
            if isinstance(event, Subscribed):
                self._channels.add(event.channel)
                self._around.board.subscribed(self._channels)
            elif isinstance(event, AccountNews):
                self.heard_at = self._clock.monotonic()
                self._around.intake.hear(event, Source.STREAM)
                self._has_positions |= isinstance(event, Positions) and event.is_whole
        if heard.state is not self._session:
            self._session = heard.state
            if heard.state is LineState.CONNECTED:
                self.missed_at = self._clock.monotonic()
        self._show()

    def _show(self) -> None:
        """A session with all channels is connected once all positions are known (M-03)."""
        is_waiting = self._session is LineState.CONNECTED and not self._has_positions
        state = LineState.SUBSCRIBING if is_waiting else self._session
        if state is self._shown:
            return
        self._shown = state
        self._around.report.enter(state, attempts=self._condition.attempts)
        if state is LineState.CONNECTED:
            self._condition.connected(self._clock.monotonic())
            self._around.report.clear(EXHAUSTED)
            self._around.report.clear(REFUSED)

    def _ended(self, error: SessionEnded) -> float:
        """Seconds to wait before the next try."""
        self._around.intake.interrupted()
        verdict = self._condition.ended(error, self._clock.monotonic(), chance())
        self._session = self._shown = verdict.state
        text = self._sentence(error)
        self._around.report.enter(verdict.state, text, verdict.wait, self._condition.attempts)
        if verdict.is_exhausted:
            self._around.report.alert(EXHAUSTED, f"maximum reconnection attempts reached: {text}")
        if verdict.remedy is Remedy.PERSON:
            self._around.report.alert(REFUSED, text)
            self._forget_questions()
        self._access.correct(verdict.remedy, error)
        return verdict.wait

    def _forget_questions(self) -> None:
        """Nothing is asked any more that could end what they failed with."""
        self._around.board.unasked()
        for kind in (BUDGET, FILLS):
            self._around.report.clear(kind)

    def _sentence(self, error: SessionEnded) -> str:
        is_about_clock = isinstance(error, AccountRefused) and error.code in MAY_BE_CLOCK
        if is_about_clock and self._access.skew is not None:
            return printable(f"{error} (skew {self._access.skew * 1000:.0f} ms)")
        return printable(str(error))


def _is_of_socket(error: SessionEnded) -> bool:
    """The venue counts sockets by our address, for all accounts. What REST refuses is obeyed where it is asked."""
    if isinstance(error, AccountRefused):
        return error.code in SOCKET_LIMITS
    return not isinstance(error, CallRefused)


def _kind(events: list[AccountEvent]) -> str:
    """What staff finds a frame under."""
    return " ".join(type(event).__name__.lower() for event in events) or "other"


def chance() -> float:
    """In [0, 1). Jitter spreads what many workers do; it is no secret."""
    return random.random()  # noqa: S311
