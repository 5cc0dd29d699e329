"""The last events of one source, topic by topic, for who comes back. No I/O."""

from collections.abc import Iterable, Mapping
from typing import Final

from dashboard.audience import Interest
from dashboard.protocol.answers import Offset
from dashboard.protocol.commands import Place
from dashboard.protocol.message import Event
from dashboard.window import KEPT_S, Window
from feeds.clock import Clock

# Of names that clients publish there may be any number: those without news for longest are forgotten first.
MOST_WINDOWS: Final = 1000
MOST_CHARACTERS: Final = 32 * 1024 * 1024

Missed = dict[Interest, list[str]]


class Archive:
    """A window for each topic and what it is about, made with its first event."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # Those with the newest events last.
        self._windows: dict[Interest, Window] = {}

    def news(self, event: Event) -> str:
        """The event, encoded with its place. A snapshot is no news: something may lie between, and places are void."""
        window = self._window(event)
        if not event.is_snapshot:
            return window.add(event)
        window.begin_anew()
        return window.snapshot(event)

    def snapshot(self, event: Event) -> str:
        """What happened last, for a client that joins."""
        return self._window(event).snapshot(event)

    def missed(self, wanted: Mapping[Interest, Place | None], room: int) -> Missed:
        """What came after each place, where that is known exactly and there is room for it, in characters."""
        found: Missed = {}
        for interest, place in wanted.items():
            window = self._windows.get(interest)
            texts = window.since(place) if window and place else None
            size = sum(map(len, texts or ()))
            if texts is not None and size <= room:
                found[interest] = texts
                room -= size
        return found

    def offsets(self, feed: str) -> Iterable[Offset]:
        """Where each topic is that had news within the last minute: who missed the last one of them is told so."""
        recently = self._clock.monotonic() - KEPT_S
        for (kind, about), window in self._windows.items():
            if window.moved_at > recently:
                yield Offset(topic=kind, feed=feed, about=about, epoch=window.epoch, offset=window.offset)

    def tidy(self) -> None:
        """Keeps within bounds."""
        size = sum(window.size for window in self._windows.values())
        for interest in list(self._windows):
            if len(self._windows) <= MOST_WINDOWS and size <= MOST_CHARACTERS:
                return
            size -= self._windows.pop(interest).size

    def _window(self, event: Event) -> Window:
        interest = Interest(event.kind, event.about)
        window = self._windows.pop(interest, None) or Window(self._clock)
        self._windows[interest] = window
        return window
