"""Which venue to listen to now. Pure: no clock, no random, no I/O; every call brings the time.

The best enabled venue that is not cooling off is active. It is left when its session ends; it may then be tried
again after its retry wait. A lesser venue is held for `failback_after` seconds before a better one is tried.
"""

from dataclasses import dataclass, field

from feeds.connection.retry import RetryPolicy
from feeds.errors import Replaced, SessionEnded


@dataclass
class _Record:
    """What one venue has done to us so far."""

    attempts: int = 0
    free_at: float = 0.0
    data_since: float | None = None


@dataclass
class Supervisor:
    """`order` is the codes of the enabled venues, best first. All times are seconds of one monotonic clock."""

    order: tuple[str, ...]
    failback_after: float
    policy: RetryPolicy
    _records: dict[str, _Record] = field(default_factory=dict)
    _failed: set[str] = field(default_factory=set)
    _since: float = 0.0

    def choose(self, now: float) -> str | None:
        """The venue to connect to; None while all are cooling off (see `wake_at`).

        One that failed comes after those that did not, until it delivers or a better venue is due: two silent ones in
        turn would blind us.
        """
        ready = [code for code in self.order if self._record(code).free_at <= now]
        code = next((code for code in ready if code not in self._failed), next(iter(ready), None))
        if code is not None:
            self._since = now
        return code

    def wake_at(self) -> float:
        """When the next venue may be tried; infinite without venues."""
        return min((self._record(code).free_at for code in self.order), default=float("inf"))

    def heard(self, code: str, now: float) -> None:
        """The venue sent market data. Its failures are forgiven after some seconds of that."""
        self._failed.discard(code)
        record = self._record(code)
        if record.data_since is None:
            record.data_since = now
        elif now - record.data_since >= self.policy.reset_after:
            record.attempts = 0

    def ended(self, code: str, error: SessionEnded, now: float, chance: float) -> None:
        """The venue's session is over; decides when it may be tried again. `chance` in [0, 1) spreads retries."""
        record = self._record(code)
        record.data_since = None
        if isinstance(error, Replaced):
            self._failed.clear()
            return
        self._failed.add(code)
        record.attempts += 1
        record.free_at = now + max(error.wait_at_least, error.cool_off, self.policy.wait(record.attempts, chance))

    def postpone(self, code: str, until: float) -> None:
        """The venue must not be tried before that, for a reason that is none of its failures here."""
        record = self._record(code)
        record.free_at = max(record.free_at, until)

    def is_replaceable(self, code: str, now: float) -> bool:
        """True when a better venue may be tried: the hold time at this lesser one is over."""
        if code not in self.order:
            return True
        better = self.order[: self.order.index(code)]
        is_free = any(self._record(other).free_at <= now for other in better)
        return is_free and now - self._since >= self.failback_after

    def reorder(self, order: tuple[str, ...], failback_after: float) -> None:
        """Takes an admin's new order. A better venue than the active one need not wait for the hold time then."""
        if order != self.order:
            self._since = float("-inf")
            self._failed.clear()
        self.order, self.failback_after = order, failback_after

    def attempts(self, code: str) -> int:
        return self._record(code).attempts

    def free_at(self, code: str) -> float:
        return self._record(code).free_at

    def _record(self, code: str) -> _Record:
        return self._records.setdefault(code, _Record())
