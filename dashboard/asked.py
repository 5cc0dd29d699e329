"""Interests of whoever asks again and again instead of listening. No I/O."""

from collections.abc import Iterable
from typing import Final

from dashboard.audience import Interest
from feeds.clock import Clock

# Five questions of a page: what one of them began to read is still read when the next one comes.
LEASE: Final = 10.0


class Asked:
    """Each counts for some seconds after it was asked for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[Interest, float] = {}

    def note(self, interests: Iterable[Interest]) -> None:
        self._until |= dict.fromkeys(interests, self._clock.monotonic() + LEASE)

    def interests(self) -> frozenset[Interest]:
        now = self._clock.monotonic()
        if any(until <= now for until in self._until.values()):
            self._until = {interest: until for interest, until in self._until.items() if until > now}
        return frozenset(self._until)
