"""How much one client may be sent before it says that it got it. Pure: times are handed in, in seconds.

No server between us and TCP tells whether a client reads: daphne buffers without bound for one that does not
(django/daphne#170). So the client counts frames, and answers each tick with their number. That bounds who is slow, not
who lies: whoever counts on another socket what it does not read on this one is left to the servers' pings.
"""

from collections import deque
from typing import Final, NamedTuple

# Characters on the way. A dashboard at full speed has some ten thousand in the second between two ticks.
WINDOW: Final = 256 * 1024
# With what noticing and closing takes, a reader that stops is gone within ten seconds (C3).
LOST_AFTER: Final = 6.0


class _Sent(NamedTuple):
    frame: int
    size: int


class Flow:
    """Of one connection."""

    def __init__(self) -> None:
        self._on_the_way: deque[_Sent] = deque()
        # The frame of each, and when it was sent.
        self._questions: deque[tuple[int, float]] = deque()
        self._size = 0
        self.frames = 0

    def sent(self, size: int, is_question: bool, now: float) -> None:
        """A frame of so many characters; a question is to be answered."""
        self.frames += 1
        self._on_the_way.append(_Sent(self.frames, size))
        self._size += size
        if is_question:
            self._questions.append((self.frames, now))

    def answered(self, frames: int) -> bool:
        """The client got so many frames; whether that answers a question. ValueError for more than were sent."""
        if frames > self.frames:
            raise ValueError(f"You cannot have got {frames} frames: {self.frames} were sent.")
        while self._on_the_way and self._on_the_way[0].frame <= frames:
            self._size -= self._on_the_way.popleft().size
        is_answer = False
        while self._questions and self._questions[0][0] <= frames:
            self._questions.popleft()
            is_answer = True
        return is_answer

    @property
    def is_full(self) -> bool:
        """Whether nothing more may be sent for now."""
        return self._size > WINDOW

    @property
    def is_asking(self) -> bool:
        """Whether a question is open."""
        return bool(self._questions)

    def is_lost(self, now: float) -> bool:
        """Whether a question is unanswered for so long that the client has to go."""
        return bool(self._questions) and now - self._questions[0][1] > LOST_AFTER
