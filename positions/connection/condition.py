"""What the line of an account is doing, and what an end of it asks for: time, a correction, or a person. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from feeds.connection.retry import RetryPolicy
from feeds.errors import Replaced, SessionEnded
from positions.errors import AccountRefused, Failure
from positions.venues.bitget_codes import MAY_BE_CLOCK

PRIVATE_STREAM: Final = RetryPolicy(base=1.0, cap=34.0, max_attempts=8, jitter=0.2, reset_after=60.0, slow_lane=300.0)
# Until somebody edits the account, or tests it with success.
NEVER: Final = float("inf")


class LineState(StrEnum):
    """`connected`: logged in, every channel acknowledged, and all positions are known."""

    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    AUTHENTICATING = "authenticating"
    SUBSCRIBING = "subscribing"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    ERROR = "error"


class Remedy(StrEnum):
    """What has to be done before the next try."""

    WAIT = "wait"
    CLOCK = "clock"  # ask the venue for its time
    KIND = "kind"  # ask it again in which of its worlds the account lives
    PERSON = "person"


class Verdict(NamedTuple):
    """`wait` is in seconds. `is_exhausted`: all quick tries are used up, and a person should know."""

    state: LineState
    remedy: Remedy
    wait: float
    is_exhausted: bool = False


@dataclass
class Condition:
    """Of the line with one key; a new key begins anew. Times are monotonic seconds, `chance` is in [0, 1)."""

    attempts: int = 0
    _connected_at: float | None = None
    _corrected: set[Remedy] = field(default_factory=set)

    def connected(self, now: float) -> None:
        self._connected_at = now

    def ended(self, error: SessionEnded, now: float, chance: float) -> Verdict:
        """The line broke, or did not come about."""
        good_for = 0.0 if self._connected_at is None else now - self._connected_at
        self._connected_at = None
        if isinstance(error, Replaced):
            return Verdict(LineState.CONNECTING, Remedy.WAIT, 0.0)
        if good_for >= PRIVATE_STREAM.reset_after:
            self.attempts = 0
            self._corrected.clear()
        remedy = self._remedy(error)
        if remedy is Remedy.PERSON:
            return Verdict(LineState.ERROR, remedy, NEVER)
        if remedy is not Remedy.WAIT and remedy not in self._corrected:
            self._corrected.add(remedy)
            return Verdict(LineState.RECONNECTING, remedy, 0.0)
        return self._later(error, remedy, chance)

    def _later(self, error: SessionEnded, remedy: Remedy, chance: float) -> Verdict:
        self.attempts += 1
        wait = max(PRIVATE_STREAM.wait(self.attempts, chance), error.wait_at_least, error.cool_off)
        if self.attempts > PRIVATE_STREAM.max_attempts:
            return Verdict(LineState.ERROR, remedy, wait, is_exhausted=True)
        return Verdict(LineState.RECONNECTING, remedy, wait)

    def _remedy(self, error: SessionEnded) -> Remedy:
        """What may only be the clock needs a person once that was corrected and no good line proved it right."""
        if not isinstance(error, AccountRefused):
            return Remedy.WAIT
        if error.code in MAY_BE_CLOCK and Remedy.CLOCK not in self._corrected:
            return Remedy.CLOCK
        if error.failure.needs_person:
            return Remedy.PERSON
        return _WANTED.get(error.failure, Remedy.WAIT)


_WANTED: Final = {Failure.CLOCK: Remedy.CLOCK, Failure.KIND: Remedy.KIND}
