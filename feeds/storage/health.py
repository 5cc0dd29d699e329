"""How one Redis server does, judged by what it answered: may it be written, may it lead again. Pure: time is handed in.

One failure is enough to leave a server, much good is needed to come back to it: a server that flaps is left alone, and
one that was slow has to be quick for long, since probes put no load on it.
"""

from collections import deque
from enum import StrEnum
from math import inf
from typing import Final

# A server that is used is probed so often, one that failed until a probe is good, and one that refuses our password.
PROBE_EVERY_S: Final = 10.0
LOOK_EVERY_S: Final = 1.0
CREDENTIALS_EVERY_S: Final = 30.0
# To lead again it takes so many good probes in a row, over so long; twice as long for one that fell soon after.
PROBES_TO_LEAD: Final = 3
STABLE_S: Final = 30.0
LONG_STABLE_S: Final = 600.0
# Slow is a server where 5 % of the calls within the window take longer, over some seconds. Fewer calls prove nothing,
# nor does one moment in which all of them waited, perhaps for us.
SLOW_S: Final = 0.25
WINDOW_S: Final = 5.0
SLOW_FOR_S: Final = 2.0
MIN_CALLS: Final = 8
MAX_CALLS: Final = 500


class Failure(StrEnum):
    """Why a server is not used. `busy`: it runs somebody's script; `epoch`: it came back with other data."""

    REFUSED = "refused"
    FROZEN = "frozen"
    SLOW = "slow"
    FULL = "full"
    READ_ONLY = "read_only"
    LOADING = "loading"
    MISCONFIGURED = "misconfigured"
    CREDENTIALS = "credentials"
    BUSY = "busy"
    EPOCH = "epoch"
    ERROR = "error"


class State(StrEnum):
    """`degraded`: it answers, but too slowly to be used where there is another one."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"


class ServerHealth:
    """Tell it how each call and each probe ended, then ask. A server is believed until its first failure."""

    def __init__(self, now: float) -> None:
        self.state = State.UP
        # Of the last failure. It stays for people when the server is back.
        self.reason: Failure | None = None
        self.since = now
        self.operations = self.failures = 0
        self.good_probes = 0
        self.latency_s: float | None = None
        self._probed_at = now
        self._failed_at = self._recovered_at = -inf
        self._good_since = now
        # How long it has to be good before it may lead; 0 when it may.
        self._on_trial_s = 0.0
        self._last_trial_s = STABLE_S
        self._calls: deque[tuple[float, float]] = deque(maxlen=MAX_CALLS)

    @property
    def is_up(self) -> bool:
        """Whether it may be read and written."""
        return self.state is State.UP

    @property
    def may_lead(self) -> bool:
        """Whether the log may come back to it."""
        return self.is_up and self._on_trial_s == 0.0

    @property
    def is_worth_a_try(self) -> bool:
        """Whether it may be asked where no server is up: not if that costs the whole timeout, or locks us out."""
        return self.is_up or self.reason not in (Failure.FROZEN, Failure.CREDENTIALS)

    def is_probe_due(self, now: float) -> bool:
        every = PROBE_EVERY_S
        if self.state is State.DOWN:
            every = CREDENTIALS_EVERY_S if self.reason is Failure.CREDENTIALS else LOOK_EVERY_S
        return now - self._probed_at >= every

    def start_probe(self, now: float) -> None:
        self._probed_at = now

    def answer(self, asked_at: float, now: float) -> None:
        """A call was answered."""
        self.operations += 1
        self.latency_s = now - asked_at
        self._calls.append((now, self.latency_s))
        if self.is_up and self._is_slow(now):
            self._leave(State.DEGRADED, Failure.SLOW, now)
        elif self.state is State.DOWN and asked_at > self._failed_at:
            # It was asked because there was no other, and works.
            self._turn(State.UP, now)

    def pass_probe(self, asked_at: float, now: float) -> None:
        """A probe found nothing wrong."""
        self.latency_s = now - asked_at
        if asked_at < self._failed_at or self.latency_s > SLOW_S:
            self.good_probes = 0
            return
        if self.good_probes == 0:
            self._good_since = now
        self.good_probes += 1
        has_proved_itself = self.good_probes >= PROBES_TO_LEAD
        if self.state is State.DOWN or (self.state is State.DEGRADED and has_proved_itself):
            self._turn(State.UP, now)
        if has_proved_itself and now - self._good_since >= self._on_trial_s > 0.0:
            self._recover(now)

    def fail(self, reason: Failure, now: float) -> None:
        """A call or a probe failed."""
        self.failures += 1
        self._leave(State.DOWN, reason, now)

    def _leave(self, state: State, reason: Failure, now: float) -> None:
        self.reason = reason
        self._failed_at = now
        self.good_probes = 0
        self._calls.clear()
        self._on_trial_s = max(self._on_trial_s, self._trial_s(reason, now))
        self._turn(state, now)
        # The next probe is a whole wait away: what just failed was one.
        self._probed_at = now

    def _trial_s(self, reason: Failure, now: float) -> float:
        if reason is Failure.SLOW:
            return LONG_STABLE_S
        if self.may_lead and now - self._recovered_at < LONG_STABLE_S:
            return min(2 * self._last_trial_s, LONG_STABLE_S)
        return STABLE_S

    def _recover(self, now: float) -> None:
        self._last_trial_s, self._on_trial_s = self._on_trial_s, 0.0
        self._recovered_at = now
        self._turn(State.UP, now)

    def _turn(self, state: State, now: float) -> None:
        if state is not self.state:
            self.state, self.since = state, now

    def _is_slow(self, now: float) -> bool:
        """By the 95th percentile of the calls within the window."""
        while self._calls[0][0] < now - WINDOW_S:
            self._calls.popleft()
        slow_at = [at for at, seconds in self._calls if seconds > SLOW_S]
        is_often = len(self._calls) >= MIN_CALLS and len(slow_at) > 0.05 * len(self._calls)
        return is_often and slow_at[-1] - slow_at[0] >= SLOW_FOR_S
