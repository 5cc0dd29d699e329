"""How often something may be done. Pure: every call brings the time in monotonic seconds."""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """At most `count` in any `within` seconds."""

    count: int
    within: float


class Pace:
    """What was done lately, held against a rate. `share` of it is ours; the rest is for what others do unasked."""

    def __init__(self, rate: Rate, share: float = 1.0) -> None:
        self._most = max(1, int(rate.count * share))
        self._within = rate.within
        # What is older than the last `most` cannot make anybody wait.
        self._done_at: deque[float] = deque(maxlen=self._most)

    def wait(self, now: float, cost: int = 1) -> float:
        """Seconds until so many more may be done, at most all of them at once; 0 now."""
        while self._done_at and now - self._done_at[0] >= self._within:
            self._done_at.popleft()
        too_many = len(self._done_at) + min(cost, self._most) - self._most
        return self._done_at[too_many - 1] + self._within - now if too_many > 0 else 0.0

    def note(self, now: float) -> None:
        """One was done, allowed or not: an answer that cannot wait counts as well."""
        self._done_at.append(now)
