"""What waits for one browser: bounded, the newest per topic, events in order."""

import asyncio
from collections import deque
from typing import Final

# Events come at most ten times a second, so this is some ten seconds of a browser that does not take them.
EVENT_LIMIT: Final = 100
TOO_SLOW: Final = (4408, "too slow: updates were not taken")


class Outbox:
    """Of one browser that wants to know of one instrument, or of all ("")."""

    def __init__(self, instrument: str = "", event_limit: int = EVENT_LIMIT) -> None:
        self._instrument = instrument
        self._states: dict[str, str] = {}
        self._events: deque[str] = deque()
        self._event_limit = event_limit
        self._filled = asyncio.Event()
        self.closed: tuple[int, str] | None = None

    def wants(self, instrument: str) -> bool:
        """Whether what is about this instrument, or about everything (""), is for this browser."""
        return not self._instrument or instrument in ("", self._instrument)

    def put(self, topic: str, text: str) -> None:
        """Adds an encoded message: of a topic it replaces the one that waits, without one it is an event."""
        if self.closed:
            return
        if topic:
            self._states[topic] = text
        elif len(self._events) < self._event_limit:
            self._events.append(text)
        else:
            self.close(*TOO_SLOW)
        self._filled.set()

    def empty(self) -> None:
        """Drops what waits: what comes after begins anew."""
        self._states.clear()
        self._events.clear()

    def close(self, code: int, reason: str) -> None:
        """Ends the connection with this code once its consumer looks; what waited is dropped."""
        self.closed = (code, reason)
        self.empty()
        self._filled.set()

    async def take(self) -> str:
        """Waits for something and takes all of it as one frame; "" when the outbox was closed."""
        await self._filled.wait()
        if self.closed:
            return ""
        self._filled.clear()
        frame = f"[{','.join([*self._events, *self._states.values()])}]"
        self.empty()
        return frame
