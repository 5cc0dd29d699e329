"""Whether a venue is worth a try at all. Pure: every call brings the time in monotonic seconds.

A circuit opens when a venue fails often, sends much that is doubted, or has a clock that cannot be right. It stays
open for 30 s, and twice as long each time that it opens again, up to 10 min; after 10 min closed it begins at 30 s.
Then it is half-open: one session at a time may try, and three good data in a row close it.

What belongs to sessions that are being left because the circuit opened changes nothing, nor does a planned end, which
is not told here at all.
"""

from collections import deque
from math import inf
from typing import Final

from feeds.pace import Rate

FAILURES: Final = Rate(5, within=60.0)
TICKS: Final = 100
# A share of fewer ticks says nothing.
TICKS_LEAST: Final = 20
DOUBTED_SHARE: Final = 0.2
SKEW_S: Final = 5.0
OPEN_S: Final = 30.0
OPEN_MAX_S: Final = 600.0
FORGIVEN_AFTER_S: Final = 600.0
GOOD_TO_CLOSE: Final = 3
# A probe that was neither good nor bad for so long was ended on purpose: the next one may go.
PROBE_S: Final = 30.0

CLOSED, OPEN, HALF_OPEN = "closed", "open", "half-open"


class Circuit:
    """The circuit of one venue."""

    def __init__(self) -> None:
        self._failures: deque[float] = deque(maxlen=FAILURES.count)
        self._ticks: deque[bool] = deque(maxlen=TICKS)
        self._doubted = 0
        self._why = ""
        # None while it is closed.
        self._until: float | None = None
        self._length = OPEN_S
        self._closed_at = -inf
        self._probed_at = -inf
        self._good = 0
        self._forced = ""
        self._is_distrusted = False

    @property
    def is_distrusted(self) -> bool:
        """It is not closed because of what the venue said, and not because it failed."""
        return self._forced == OPEN or (not self._forced and self._until is not None and self._is_distrusted)

    @property
    def reason(self) -> str:
        """Why it is not closed, in words."""
        if self._forced:
            return "held open by an admin" if self._forced == OPEN else ""
        return self._why

    @property
    def opens_until(self) -> float:
        """When the venue may be tried again; what is past, or -inf, is now."""
        if self._forced:
            return inf if self._forced == OPEN else -inf
        return -inf if self._until is None else max(self._until, self._probed_at + PROBE_S)

    def state(self, now: float) -> str:
        """ "closed", "open" or "half-open"."""
        if self._forced or self._until is None:
            return self._forced or CLOSED
        return OPEN if now < self._until else HALF_OPEN

    def may_try(self, now: float) -> bool:
        """Whether a session may be begun now."""
        return now >= self.opens_until

    def tried(self, now: float) -> None:
        """A session is begun; of a half-open circuit it is the probe."""
        if self.state(now) == HALF_OPEN:
            self._probed_at = now
            self._good = 0

    def hurry(self, now: float) -> None:
        """Nobody else delivers: who failed may be tried before the time; who is not believed may not."""
        if self._until is not None and not self._is_distrusted:
            self._until = min(self._until, now)
            self._probed_at = -inf

    def failed(self, now: float) -> None:
        """A session ended, or did not come about, and it was the venue's fault."""
        state = self.state(now)
        if state == HALF_OPEN:
            self._open(f"failed again: {self._why.removeprefix('failed again: ')}", now, self._is_distrusted)
        if state != CLOSED or self._forced:
            return
        self._failures.append(now)
        if len(self._failures) == FAILURES.count and now - self._failures[0] <= FAILURES.within:
            self._open(f"{FAILURES.count} failures in {FAILURES.within:g} s", now, is_distrusted=False)

    def judged(self, is_good: bool, now: float) -> None:
        """A tick came, and it may be believed or is doubted."""
        if self._forced or self.state(now) == OPEN:
            return
        if len(self._ticks) == TICKS:
            self._doubted -= not self._ticks[0]
        self._ticks.append(is_good)
        if is_good:
            return
        self._doubted += 1
        self._good = 0
        if len(self._ticks) >= TICKS_LEAST and self._doubted > DOUBTED_SHARE * len(self._ticks):
            self._open(f"{self._doubted} of the last {len(self._ticks)} ticks are doubted", now, is_distrusted=True)

    def skewed(self, seconds: float, now: float) -> None:
        """The venue's clock is so many seconds ahead of ours, below zero behind it."""
        if abs(seconds) > SKEW_S and not self._forced and self.state(now) != OPEN:
            where = "ahead of" if seconds > 0 else "behind"
            self._open(f"its clock is {abs(seconds):.1f} s {where} ours", now, is_distrusted=True)

    def delivered(self, now: float) -> None:
        """Good data of a session came."""
        if self.state(now) != HALF_OPEN:
            return
        self._good += 1
        if self._good >= GOOD_TO_CLOSE:
            self._close(now)

    def force(self, state: str) -> None:
        """An admin holds it "open" or "closed"; "" lets go. Meanwhile nothing is counted.

        Who holds it closed forgives all that was.
        """
        self._forced = state
        if state == CLOSED:
            self._length = OPEN_S
            self._close(-inf)

    def _open(self, why: str, now: float, is_distrusted: bool) -> None:
        # Open, it is never closed for long: the next opening lasts twice as long, unless it was closed in between.
        is_forgiven = now - self._closed_at >= FORGIVEN_AFTER_S
        self._length = OPEN_S if is_forgiven else min(OPEN_MAX_S, 2 * self._length)
        self._closed_at = inf
        self._until = now + self._length
        self._why = why
        self._is_distrusted = is_distrusted
        self._forget()

    def _close(self, now: float) -> None:
        self._closed_at = now
        self._until = None
        self._why = ""
        self._forget()

    def _forget(self) -> None:
        self._failures.clear()
        self._ticks.clear()
        self._doubted = self._good = 0
        self._probed_at = -inf
