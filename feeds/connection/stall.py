"""When a session counts as dead. Pure: every call brings the time in monotonic seconds.

Only market data proves life. A pong proves that a socket exists, an acknowledgement that somebody listened.
"""

from dataclasses import dataclass, field

from feeds.errors import NotAcknowledged, PongMissing, SessionEnded, Silent


@dataclass(frozen=True)
class SessionTiming:
    """Limits of one session, in seconds. `ping_every` is None where only the venue pings."""

    silent_after: float = 3.0
    ping_every: float | None = 30.0
    pong_within: float = 10.0
    connected_within: float = 3.0
    acknowledged_within: float = 5.0


@dataclass
class Vigil:
    """Watches one session: its unanswered subscriptions, its data, its pongs."""

    timing: SessionTiming
    started: float
    unanswered: set[str]
    last_data: float = field(init=False)
    has_data: bool = False
    _ping_due: float = field(init=False)
    _pong_due: float = float("inf")

    def __post_init__(self) -> None:
        # The clock of silence starts with the connection, not with a first message that may never come.
        self.last_data = self.started
        self._ping_due = self.started + (self.timing.ping_every or float("inf"))

    @property
    def is_connected(self) -> bool:
        """Every subscription is acknowledged and data has come."""
        return self.has_data and not self.unanswered

    def data_came(self, now: float) -> None:
        self.last_data = now
        self.has_data = True

    def ping_sent(self, now: float) -> None:
        self._ping_due = now + (self.timing.ping_every or float("inf"))
        # The first unanswered ping counts: pings may come more often than a pong may take.
        self._pong_due = min(self._pong_due, now + self.timing.pong_within)

    def pong_came(self) -> None:
        self._pong_due = float("inf")

    def is_ping_due(self, now: float) -> bool:
        return now >= self._ping_due

    def overdue(self, now: float) -> SessionEnded | None:
        """Why the session has to be left now; None while all is well."""
        if now >= self.last_data + self.timing.silent_after:
            return Silent(f"no market data for {self.timing.silent_after:g} s")
        if self.unanswered and now >= self.started + self.timing.acknowledged_within:
            return NotAcknowledged(f"no answer to the subscription of {', '.join(sorted(self.unanswered))}")
        if now >= self._pong_due:
            return PongMissing(f"no pong for {self.timing.pong_within:g} s")
        return None

    def next_check(self) -> float:
        """When something may become due."""
        acks_due = self.started + self.timing.acknowledged_within if self.unanswered else float("inf")
        return min(self.last_data + self.timing.silent_after, acks_due, self._ping_due, self._pong_due)
