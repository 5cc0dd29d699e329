"""When a session counts as dead, or dead for one symbol. Pure: every call brings the time in monotonic seconds.

Only market data proves life. A pong proves that a socket exists, an acknowledgement that somebody listened.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from feeds.errors import NotAcknowledged, PongMissing, SessionEnded, Silent, SymbolRefused
from feeds.pace import Rate

PUT_OFF_S: Final = 1.0


@dataclass(frozen=True)
class SessionTiming:
    """Limits of one session, in seconds. `ping_every` is None where only the venue pings.

    `messages` is what we may send. `seen_within` is for one symbol among others that deliver: a market may be quiet.
    """

    silent_after: float = 3.0
    ping_every: float | None = 30.0
    pong_within: float = 10.0
    # A venue that hangs on the way in is left for the next one within 2.5 s.
    connected_within: float = 2.3
    acknowledged_within: float = 5.0
    seen_within: float = 15.0
    messages: Rate = Rate(10, 1.0)


@dataclass
class Vigil:
    """Watches one session: its unanswered requests, its data, its pongs. `requests` maps keys to their symbols."""

    timing: SessionTiming
    started: float
    symbols: set[str]
    requests: Mapping[str, str]
    has_data: bool = False
    last_data: float = field(init=False)
    _unanswered: dict[str, str] = field(init=False)
    _unseen: set[str] = field(init=False)
    _asked: float = field(init=False)
    _ping_due: float = field(init=False)
    _pong_due: float = float("inf")

    def __post_init__(self) -> None:
        # The clocks start with the connection, not with a first message that may never come.
        self.last_data = self._asked = self.started
        self._ping_due = self.started + (self.timing.ping_every or float("inf"))
        self._unanswered = dict(self.requests)
        self._unseen = set(self.symbols)

    @property
    def is_acknowledged(self) -> bool:
        """Every subscription is acknowledged."""
        return not self._unanswered

    @property
    def is_connected(self) -> bool:
        """And data has come."""
        return self.has_data and self.is_acknowledged

    def asked(self, now: float) -> None:
        """A request was sent: many requests take a while, and so do their answers."""
        self._asked = now

    def acknowledged(self, key: str) -> None:
        self._unanswered.pop(key, None)

    def data_came(self, now: float, symbol: str) -> None:
        """What nobody asked for proves nothing."""
        if symbol in self.symbols:
            self.last_data = now
            self.has_data = True
            self._unseen.discard(symbol)

    def forget(self, symbol: str) -> None:
        """The symbol is not to be had in this session, and nobody waits for it any more."""
        self.symbols.discard(symbol)
        self._unseen.discard(symbol)
        self._unanswered = {key: other for key, other in self._unanswered.items() if other != symbol}

    def missing(self, now: float) -> list[SymbolRefused]:
        """Symbols that others outlived: never answered, or never seen. None where all or none are concerned."""
        lost: dict[str, str] = {}
        if now >= self._asked + self.timing.acknowledged_within:
            lost |= dict.fromkeys(self._unanswered.values(), "no answer to its subscription")
        if now >= self._asked + self.timing.seen_within:
            lost |= dict.fromkeys(self._unseen, f"no data for {self.timing.seen_within:g} s after its subscription")
        if "" in lost or not self.symbols - lost.keys():
            return []
        return [SymbolRefused(symbol, text) for symbol, text in lost.items()]

    def ping_sent(self, now: float) -> None:
        self._ping_due = now + (self.timing.ping_every or float("inf"))
        # The first unanswered ping counts: pings may come more often than a pong may take.
        self._pong_due = min(self._pong_due, now + self.timing.pong_within)

    def put_ping_off(self, now: float) -> None:
        """We may not send now; the watch goes on meanwhile."""
        self._ping_due = now + PUT_OFF_S

    def pong_came(self) -> None:
        self._pong_due = float("inf")

    def is_ping_due(self, now: float) -> bool:
        return now >= self._ping_due

    def overdue(self, now: float) -> SessionEnded | None:
        """Why the session has to be left now; None while all is well. Ask for what is `missing` first."""
        if now >= self.last_data + self.timing.silent_after:
            return Silent(f"no market data for {self.timing.silent_after:g} s")
        if self._unanswered and now >= self._asked + self.timing.acknowledged_within:
            return NotAcknowledged(f"no answer to the subscription of {', '.join(sorted(self._unanswered))}")
        if now >= self._pong_due:
            return PongMissing(f"no pong for {self.timing.pong_within:g} s")
        return None

    def next_check(self) -> float:
        """When something may become due."""
        answer_due = self._asked + self.timing.acknowledged_within if self._unanswered else float("inf")
        seen_due = self._asked + self.timing.seen_within if self._unseen else float("inf")
        return min(self.last_data + self.timing.silent_after, answer_due, seen_due, self._ping_due, self._pong_due)
