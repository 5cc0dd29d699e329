"""What is said to one client: all of it through its outbox, so that it is in order, bounded, and counted."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from dashboard.flow import Flow
from dashboard.outbox import Outbox
from dashboard.protocol.answers import Error, Tick
from dashboard.protocol.message import Message, encoded
from dashboard.sockets.client import Client
from feeds.clock import Clock
from feeds.tally import SENT, SENT_BYTES, TALLY

# So long a client may take to say good-bye, too.
CLOSE_WITHIN: Final = 2.0


class Writer:
    """`send` hands a frame to the server, `close` asks it for the end. `client` is who is counted, once it is known."""

    def __init__(
        self, clock: Clock, send: Callable[[str], Awaitable[None]], close: Callable[[int, str], Awaitable[None]]
    ) -> None:
        self.outbox = Outbox()
        self.client: Client | None = None
        self._clock = clock
        self._send, self._close = send, close
        self._flow = Flow()
        self._may_go_on = asyncio.Event()
        self._closing_at: float | None = None

    @property
    def is_closing(self) -> bool:
        return self._closing_at is not None

    @property
    def is_overdue(self) -> bool:
        """Whether the client takes nothing, not even a good-bye."""
        return self._closing_at is not None and self._clock.monotonic() - self._closing_at > CLOSE_WITHIN

    @property
    def is_unanswered(self) -> bool:
        """Whether a tick was not answered in time."""
        return self._flow.is_lost(self._clock.monotonic())

    def answer(self, message: Message) -> None:
        self.outbox.answer(encoded(message))

    def answered(self, frames: int) -> bool:
        """The client got so many frames; whether it was asked. ValueError for more than were sent."""
        is_due = self._flow.answered(frames)
        if self.client and is_due:
            self.client.asked_at = self._clock.now() if self._flow.is_asking else None
        self._may_go_on.set()
        return is_due

    def end(self, code: int, text: str) -> None:
        """Says why, and closes. What waits is dropped."""
        if self._closing_at is None:
            self._closing_at = self._clock.monotonic()
        self.outbox.close(code, text)
        if self.client:
            self.client.asked_at = None
        self._may_go_on.set()

    async def run(self) -> None:
        """Until the outbox is closed."""
        while frame := await self.outbox.take():
            await self._say(*frame)
            if self._flow.is_full and not frame.is_question:
                # The next tick would wait behind what it is to make room for.
                await self._say(f"[{encoded(Tick(now=self._clock.now()))}]", is_question=True)
            while self._flow.is_full and not self.is_closing:
                self._may_go_on.clear()
                await self._may_go_on.wait()
        if self.outbox.closed:
            code, text = self.outbox.closed
            self.end(code, text)
            await self._say(f"[{encoded(Error(code=code, text=text))}]", is_question=False)
            await self._close(code, text)

    async def _say(self, frame: str, is_question: bool) -> None:
        self._flow.sent(len(frame), is_question, self._clock.monotonic())
        size = len(frame) if frame.isascii() else len(frame.encode())
        TALLY.add(SENT)
        TALLY.add(SENT_BYTES, count=size)
        if self.client:
            if is_question and not self.is_closing:
                self.client.asked_at = self.client.asked_at or self._clock.now()
            self.client.sent(size)
        await self._send(frame)
