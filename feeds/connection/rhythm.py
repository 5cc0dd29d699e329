"""How long a stream may be quiet before that is odd. Pure: every call brings the time in monotonic seconds.

Liquid pairs speak many times a second, others once in ten: each stream is held to its own rhythm, which is eight times
the time that 99 of 100 arrivals need, and that smoothed over some windows of 10 s. A stream of which nothing is known
yet has all the time there is: not before its first eight arrivals, or the first window, is it called dead sooner.
"""

from math import ceil, inf
from typing import Final

CEILING_S: Final = 15.0
TIMES: Final = 8.0
SHARE: Final = 0.99
WINDOW_S: Final = 10.0
# So many arrivals are enough to begin with.
FIRST_ARRIVALS: Final = 8
ODD_ONE_OF: Final = 4
NEWEST_WEIGHT: Final = 0.25
# What comes this close together is one arrival: a frame of fifty trades says no more of the rhythm than one of one.
# It also bounds a window to 500.
ONE_ARRIVAL_S: Final = 0.02


class Rhythm:
    """Of one stream, over its sessions. `threshold` is the silence, in seconds, that is odd."""

    def __init__(self, floor: float, ceiling: float = CEILING_S) -> None:
        self.threshold = ceiling
        self._floor, self._ceiling = floor, ceiling
        self._last: float | None = None
        self._gaps: list[float] = []
        self._rolls_at = inf
        self._usual: float | None = None

    @property
    def is_known(self) -> bool:
        return self._usual is not None

    def heard(self, now: float) -> None:
        """Data came."""
        if self._last is None:
            self._last, self._rolls_at = now, now + WINDOW_S
        elif now - self._last >= ONE_ARRIVAL_S:
            self._gaps.append(now - self._last)
            self._last = now
            if now >= self._rolls_at or (self._usual is None and len(self._gaps) >= FIRST_ARRIVALS):
                self._roll(now)

    def restart(self) -> None:
        """The session ended: the silence up to the next one's first data is no rhythm. What was learnt is kept."""
        self._last = None
        self._gaps.clear()

    def _roll(self, now: float) -> None:
        # One odd silence in a window is an accident: who stalled shortly would have more time for the next one.
        odd = max(len(self._gaps) - ceil(SHARE * len(self._gaps)), 1 if len(self._gaps) > ODD_ONE_OF else 0)
        newest = sorted(self._gaps)[-1 - odd]
        usual = newest if self._usual is None else self._usual + NEWEST_WEIGHT * (newest - self._usual)
        self.threshold = min(self._ceiling, max(self._floor, TIMES * usual))
        self._usual = usual
        self._rolls_at = now + WINDOW_S
        self._gaps.clear()
