"""A supervisor with venues around it that do what a test says, under a clock of its own."""

from dataclasses import dataclass, field

from feeds.connection.effects import Clear, Close, Connect, Divert, Effect, Enter, Lead, Raise
from feeds.connection.events import Adopted, Connected, Ended, Event, Heard, Lost, Opened, Policy, Ticked, VenueTerms
from feeds.connection.supervisor import Supervisor
from feeds.errors import ClosedByVenue, ConnectFailed, Replaced, SessionEnded, Silent

BTC = "BTC-USDT"
SEVEN = ("binance", "kucoin", "bybit", "okx", "htx", "kraken", "gateio")


@dataclass
class FakeVenue:
    """Up, it takes connections after `connect_s`; mute, it says nothing; it never tells of what it `refuses`."""

    is_up: bool = True
    is_mute: bool = False
    connect_s: float = 0.2
    every_s: float = 0.1
    refuses: frozenset[str] = frozenset()
    is_doubtful: bool = False
    muted: frozenset[str] = frozenset()
    error: SessionEnded = field(default_factory=lambda: ConnectFailed("refused"))


@dataclass
class FakeSession:
    venue: str
    opens_at: float
    instruments: tuple[str, ...]
    is_open: bool = False
    is_connected: bool = False
    speaks_at: float = 0.0


class Stage:
    """`seen` is every effect with its time. Venues are named in the order of their priority."""

    def __init__(self, *codes: str, instruments: tuple[str, ...] = (BTC,), life_after: float | None = None) -> None:
        self.now = 1000.0
        self.seen: list[tuple[float, Effect]] = []
        self.venues = {code: FakeVenue() for code in codes}
        self.instruments = instruments
        self.policy = Policy(tuple(VenueTerms(code, instruments, life_after=life_after) for code in codes))
        self.supervisor = Supervisor(self.policy)
        self.sessions: dict[int, FakeSession] = {}
        self._ends: list[Event] = []
        self.began_at = self.now
        self.lead = ""
        self.step_s = 0.1
        self._is_started = False

    def of(self, kind: type[Effect]) -> list:  # type: ignore[type-arg]
        return [effect for _, effect in self.seen if isinstance(effect, kind)]

    def times(self, kind: type[Effect], venue: str = "") -> list[float]:
        """When such effects came, since the last `mark`, as seconds after it."""
        return [
            round(at - self.began_at, 1)
            for at, effect in self.seen
            if isinstance(effect, kind) and (not venue or getattr(effect, "venue", "") == venue)
        ]

    def mark(self) -> None:
        """What was seen is forgotten; times count from here."""
        self.seen.clear()
        self.began_at = self.now

    def open(self, venue: str) -> list[int]:
        return [number for number, session in self.sessions.items() if session.venue == venue]

    def connected(self) -> list[str]:
        return sorted({session.venue for session in self.sessions.values() if session.is_connected})

    def adopt(self, *codes: str, **changes: object) -> None:
        """An admin's order, and whatever else is changed of the policy."""
        fields = {"failback_after": 300.0, "pause_between": 3.0, "standbys": 2, **changes}
        terms = {each.code: each for each in self.policy.venues}
        self.policy = Policy(tuple(terms[code] for code in codes), **fields)  # type: ignore[arg-type]
        self.tell(Adopted(self.policy))

    def tell(self, event: Event) -> None:
        for effect in self.supervisor.handle(event, self.now):
            self.seen.append((self.now, effect))
            self._do(effect)

    def run(self, seconds: float) -> None:
        if not self._is_started:
            self._is_started = True
            self.tell(Adopted(self.policy))
        until = self.now + seconds
        while self.now < until - self.step_s / 2:
            self.now = round(self.now + self.step_s, 3)
            self._step()

    def cut(self, venue: str, error: SessionEnded | None = None) -> None:
        """Every open connection to it ends."""
        for number in self.open(venue):
            del self.sessions[number]
            self.tell(Ended(number, error or ClosedByVenue(1006, ""), 0.0, 0.5))

    def _do(self, effect: Effect) -> None:
        match effect:
            case Connect(session, code):
                terms = next(each for each in self.policy.venues if each.code == code)
                self.sessions[session] = FakeSession(code, self.now + self.venues[code].connect_s, terms.instruments)
            case Close(session, reason, is_silent):
                if self.sessions.pop(session, None):
                    error = Silent(reason) if is_silent else Replaced(reason)
                    self._ends.append(Ended(session, error, 0.0, 0.5))
            case Lead(venue):
                self.lead = venue
            case Divert() | Enter() | Raise() | Clear():
                """Seen is enough."""

    def _step(self) -> None:
        for end in self._ends:
            self.tell(end)
        self._ends.clear()
        for number in list(self.sessions):
            if number in self.sessions:
                self._advance(number, self.sessions[number], self.venues[self.sessions[number].venue])
        if self.now >= self.supervisor.wake_at():
            self.tell(Ticked())

    def _advance(self, number: int, session: FakeSession, venue: FakeVenue) -> None:
        if not venue.is_up and (session.is_open or self.now >= session.opens_at):
            del self.sessions[number]
            self.tell(Ended(number, ClosedByVenue(1006, "") if session.is_open else venue.error, 0.0, 0.5))
        elif not session.is_open and self.now >= session.opens_at:
            session.is_open = True
            self.tell(Opened(number, 0.5))
            for instrument in session.instruments:
                if instrument in venue.refuses and number in self.sessions:
                    self.tell(Lost(number, instrument, "not listed"))
        elif session.is_open and not venue.is_mute and self.now >= session.speaks_at:
            session.speaks_at = round(self.now + venue.every_s, 3)
            self._speak(number, session, venue)

    def _speak(self, number: int, session: FakeSession, venue: FakeVenue) -> None:
        for instrument in session.instruments:
            if instrument not in venue.refuses | venue.muted and number in self.sessions:
                self.tell(Heard(number, instrument, not venue.is_doubtful))
        if not session.is_connected and number in self.sessions:
            session.is_connected = True
            self.tell(Connected(number))
