"""When a session cannot be believed any more. Pure: every call brings the time in monotonic seconds.

One bad frame is an accident and is dropped. Many in a short time mean that the venue, or somebody on the way, sends
what it should not: then another venue is better.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

from feeds.errors import Corrupt
from feeds.pace import Pace, Rate

# Data of symbols that nobody asked for.
STRAYS: Final = Rate(5, within=10.0)
BAD_SHARE: Final = 0.2
BAD_OVER_S: Final = 5
# Fewer say nothing, however large their share is: a quiet pair has a frame a second.
BAD_LEAST: Final = 5


@dataclass
class _Second:
    at: int
    frames: int = 0
    bad: int = 0


class Corruption:
    """What was wrong lately with one venue's frames; forgets what is older than the limits ask."""

    def __init__(self) -> None:
        # The whole window, second by second, and its sums.
        self._seconds: deque[_Second] = deque()
        self._frames = self._bad = 0
        self._since = 0
        self._strays = Pace(STRAYS)

    def note_frame(self, now: float, is_bad: bool) -> None:
        """A frame came; `is_bad` when it could not be understood."""
        second = self._second(int(now))
        second.frames += 1
        second.bad += is_bad
        self._frames += 1
        self._bad += is_bad

    def note_stray(self, now: float) -> None:
        """A trade or a quote came of a symbol that nobody asked for."""
        self._strays.note(now)

    def verdict(self, now: float) -> Corrupt | None:
        """Why the session has to be left now; None while it may be believed."""
        if self._strays.wait(now) > 0:
            return Corrupt(f"data of foreign symbols {STRAYS.count} times in {STRAYS.within:g} s")
        # A session may begin with a hiccup: it is judged by the whole time, not by its first moments.
        has_time = now - self._since >= BAD_OVER_S
        if has_time and self._bad >= BAD_LEAST and self._bad >= BAD_SHARE * self._frames:
            return Corrupt(f"{self._bad} of {self._frames} frames in {BAD_OVER_S} s could not be understood")
        return None

    def _second(self, at: int) -> _Second:
        """This second of the window, once those that left it are forgotten."""
        while self._seconds and self._seconds[0].at <= at - BAD_OVER_S:
            gone = self._seconds.popleft()
            self._frames -= gone.frames
            self._bad -= gone.bad
        if not self._seconds:
            self._since = at
        if not self._seconds or self._seconds[-1].at != at:
            self._seconds.append(_Second(at))
        return self._seconds[-1]
