"""What waits for one client: bounded, the newest of each state, events in order. Flushed when its hub says so."""

import asyncio
from collections import deque
from typing import Final, NamedTuple

from dashboard.protocol import codes
from dashboard.protocol.answers import TICK
from feeds.tally import DROPPED, TALLY
from feeds.tally import TOO_SLOW as CLOSED_AS_TOO_SLOW

# Of events and answers, in characters: who does not take them misses something, and has to come back for it.
EVENT_LIMIT: Final = 512 * 1024
# A frame has so many characters of events, or one event: flow control counts frames.
FRAME_LIMIT: Final = 64 * 1024
TOO_SLOW: Final = (codes.TOO_SLOW, "Too slow: updates were not taken. Connect again and go on from your last place.")


class Frame(NamedTuple):
    """`is_question`: a tick is in it, which the client is to answer."""

    text: str
    is_question: bool


class Outbox:
    """Of one client. Answers come before events, and events before states."""

    def __init__(self) -> None:
        self._answers: deque[str] = deque()
        self._events: deque[str] = deque()
        self._states: dict[str, str] = {}
        self._waiting = 0
        self._is_flushed = asyncio.Event()
        self.closed: tuple[int, str] | None = None

    @property
    def room(self) -> int:
        """For so many characters of events."""
        return EVENT_LIMIT - self._waiting

    @property
    def is_empty(self) -> bool:
        return not (self._answers or self._events or self._states)

    def put(self, key: str, text: str) -> None:
        """Adds an encoded message: a state in place of the one of its key that waits, without a key an event."""
        if self.closed:
            return
        if key:
            if key in self._states and self._is_flushed.is_set():
                TALLY.add(DROPPED)
            self._states[key] = text
        elif self._fits(text):
            self._events.append(text)

    def answer(self, text: str) -> None:
        """Adds an encoded answer to the client's command. It goes at once."""
        if not self.closed and self._fits(text):
            self._answers.append(text)
        self.flush()

    def flush(self) -> None:
        """Lets go what waits."""
        if self.closed or not self.is_empty:
            self._is_flushed.set()

    def close(self, code: int, text: str) -> None:
        """Ends the connection once its consumer looks; what waited is dropped. The first reason counts."""
        self.closed = self.closed or (code, text)
        self._answers.clear()
        self._events.clear()
        self._states.clear()
        self._is_flushed.set()

    async def take(self) -> Frame | None:
        """Waits for something and takes a frame of it; None when the outbox was closed."""
        await self._is_flushed.wait()
        if self.closed:
            return None
        frame, is_question = [*self._answers, *self._some_events()], False
        self._answers.clear()
        if not self._events:
            frame += self._states.values()
            is_question = TICK in self._states
            self._states.clear()
            self._is_flushed.clear()
            self._waiting = 0
        return Frame(f"[{','.join(frame)}]", is_question)

    async def taken(self) -> list[str]:
        """All that waits, frame by frame, without waiting for more."""
        self.flush()
        frames = []
        while not self.is_empty and (frame := await self.take()):
            frames.append(frame.text)
        return frames

    def _some_events(self) -> list[str]:
        taken, size = [], 0
        while self._events and size < FRAME_LIMIT:
            taken.append(self._events.popleft())
            size += len(taken[-1])
        self._waiting -= size
        return taken

    def _fits(self, text: str) -> bool:
        self._waiting += len(text)
        if self._waiting > EVENT_LIMIT:
            TALLY.add(CLOSED_AS_TOO_SLOW)
            self.close(*TOO_SLOW)
        return not self.closed
