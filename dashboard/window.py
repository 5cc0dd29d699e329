"""The last events of one topic, numbered, for whoever comes back and says what it saw last. No I/O."""

import secrets
from collections import deque
from typing import Final, NamedTuple

from msgspec import structs

from dashboard.protocol.commands import Place
from dashboard.protocol.message import Event, encoded
from feeds.clock import Clock

KEPT: Final = 300
KEPT_S: Final = 60.0
# In characters, of one window.
KEPT_BYTES: Final = 512 * 1024


class _Kept(NamedTuple):
    offset: int
    at: float
    text: str


class Window:
    """Keeps 300 events, and those of the last minute, within bounds.

    The epoch is of this process: what was seen at another one, or before its start, cannot be replayed exactly. See
    docs/decisions/0004.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: deque[_Kept] = deque()
        self.begin_anew()

    def begin_anew(self) -> None:
        """Something may have been missed: nobody goes on from before this."""
        self.epoch = secrets.token_hex(4)
        self.offset = 0
        self.moved_at = self._clock.monotonic()
        # In characters.
        self.size = 0
        self._kept.clear()

    def add(self, event: Event) -> str:
        """The next event, encoded with its place."""
        self.offset += 1
        text = encoded(structs.replace(event, epoch=self.epoch, offset=self.offset))
        self.moved_at = self._clock.monotonic()
        self._kept.append(_Kept(self.offset, self.moved_at, text))
        self.size += len(text)
        self._forget()
        return text

    def snapshot(self, event: Event) -> str:
        """What happened last, encoded with the place up to which it tells."""
        return encoded(structs.replace(event, epoch=self.epoch, offset=self.offset, is_snapshot=True))

    def since(self, place: Place) -> list[str] | None:
        """All events after this place; None where that is not known exactly."""
        first = self._kept[0].offset if self._kept else self.offset + 1
        if place.epoch != self.epoch or not first - 1 <= place.offset <= self.offset:
            return None
        return [kept.text for kept in self._kept if kept.offset > place.offset]

    def _forget(self) -> None:
        young = self._clock.monotonic() - KEPT_S
        while (len(self._kept) > KEPT and self._kept[0].at < young) or self.size > KEPT_BYTES:
            self.size -= len(self._kept.popleft().text)
