"""How far a venue's clock is from ours, by the times that it tells. Pure: every call brings monotonic seconds."""

from collections import deque
from datetime import datetime, timedelta
from statistics import median_low
from typing import Final

OVER_S: Final = 60.0
# However much a venue says, so many times of a minute are enough for a median.
EVERY_S: Final = 0.1


class Skew:
    """The median over a minute of the venue's time less ours: above zero, its clock is ahead.

    The way to us makes it less by some ten milliseconds; a few trades that were old already do not change it.
    """

    def __init__(self) -> None:
        self._told: deque[tuple[float, timedelta]] = deque(maxlen=int(OVER_S / EVERY_S))

    def note(self, now: float, said_at: datetime, received_at: datetime) -> None:
        """The venue told a time, and this was ours when it came."""
        if not self._told or now - self._told[-1][0] >= EVERY_S:
            self._told.append((now, said_at - received_at))

    def median(self, now: float) -> timedelta | None:
        """None while the venue tells no times."""
        while self._told and now - self._told[0][0] > OVER_S:
            self._told.popleft()
        return median_low(skew for _, skew in self._told) if self._told else None
