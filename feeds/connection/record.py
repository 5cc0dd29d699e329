"""What a supervisor remembers: of each venue, of each session, and of what is shown. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from feeds.connection.circuit import Circuit
from feeds.connection.events import Policy, VenueTerms
from feeds.connection.rhythm import Rhythm
from feeds.pace import Pace, Rate

# A tenth of what the busiest published limit allows: nobody is hammered, however often it falls.
ATTEMPTS: Final = Rate(30, within=300.0)
# A venue that refused an instrument is not asked for it again before.
REFUSED_FOR_S: Final = 600.0


@dataclass
class Session:
    """One connection. It delivers from `connected_at` on, once it told what may be believed; until there is a
    `farewell`: why we end it.
    """

    number: int
    terms: VenueTerms
    begun_at: float
    # The session that this one is to take the place of.
    replaces: int | None = None
    opened_at: float | None = None
    connected_at: float | None = None
    last_good_at: float = float("-inf")
    held_at: float = float("-inf")
    life_until: float = float("inf")
    farewell: str = ""
    is_silent: bool = False
    has_repeated: bool = False
    announcement: str = ""
    lost: set[str] = field(default_factory=set)
    heard_at: dict[str, float] = field(default_factory=dict)
    # Since when an instrument has come without a pause.
    steady_since: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.venue = self.terms.code

    @property
    def is_live(self) -> bool:
        return self.connected_at is not None and self.last_good_at > float("-inf") and not self.farewell

    def carries(self, instrument: str) -> bool:
        return instrument in self.terms.instruments and instrument not in self.lost


@dataclass
class VenueRecord:
    """What one venue has done to us so far, over all its sessions."""

    code: str
    circuit: Circuit
    rhythm: Rhythm
    rhythms: dict[str, Rhythm] = field(default_factory=dict)
    attempts: int = 0
    # It is not tried before: for its limits and wishes, which hold always, and for its failures.
    barred_until: float = float("-inf")
    retry_at: float = float("-inf")
    tried_at: float = float("-inf")
    # Its turn, while no venue delivered.
    eager_at: float = float("-inf")
    # Over all its sessions, also those that ended.
    last_good_at: float = float("-inf")
    tries: Pace = field(default_factory=lambda: Pace(ATTEMPTS))
    # It failed, and has to earn the price back: with good data for so long, since then.
    has_failed: bool = False
    hold: float | None = None
    good_since: float | None = None
    came_back_at: float | None = None
    refused_at: dict[str, float] = field(default_factory=dict)
    renewals_failed: int = 0
    renew_at: float = float("-inf")
    state: str = "idle"
    reason: str = ""
    # What was told of its circuit last.
    told_circuit: str = "closed"

    def refuses(self, instrument: str, now: float) -> bool:
        refused_at = self.refused_at.get(instrument)
        return refused_at is not None and now - refused_at < REFUSED_FOR_S


@dataclass
class Memory:
    """Everything of one feed. `lead` is the venue whose price is shown, "" while none delivers.

    `sources` are the venues whose price of each instrument people see; `good_at` is when any venue was heard last.
    """

    policy: Policy
    instruments: list[str] = field(default_factory=list)
    venues: dict[str, VenueRecord] = field(default_factory=dict)
    sessions: dict[int, Session] = field(default_factory=dict)
    lead: str = ""
    sources: dict[str, str] = field(default_factory=dict)
    # Instruments that the leading venue lacked since it leads.
    lacking: set[str] = field(default_factory=set)
    good_at: float | None = None
    pause_until: float = float("-inf")
    eager_at: float = float("-inf")
    more_standbys: int = 0

    def __post_init__(self) -> None:
        self.adopt(self.policy)

    def adopt(self, policy: Policy) -> None:
        self.policy = policy
        self._terms = {terms.code: terms for terms in policy.venues}
        self.instruments = list(dict.fromkeys(code for terms in policy.venues for code in terms.instruments))

    def venue(self, code: str) -> VenueRecord:
        """The record of a venue; a new one where it was never heard of."""
        if code not in self.venues:
            self.venues[code] = VenueRecord(code, Circuit(), Rhythm(0.0))
        return self.venues[code]

    def terms(self, code: str) -> VenueTerms | None:
        return self._terms.get(code)

    def pause(self, now: float) -> None:
        """A venue was left: none is begun in its place for a while."""
        self.pause_until = now + self.policy.pause_between

    def of(self, code: str) -> list[Session]:
        """The venue's sessions that are not being ended, oldest first."""
        return [session for session in self.sessions.values() if session.venue == code and not session.farewell]

    def live(self, code: str) -> Session | None:
        """The venue's newest session that delivers."""
        newest_first = reversed(self.sessions.values())
        return next((session for session in newest_first if session.venue == code and session.is_live), None)

    def live_sessions(self) -> list[Session]:
        return [session for session in self.sessions.values() if session.is_live]

    def live_venues(self) -> Iterator[VenueTerms]:
        """Those of the policy that deliver, best first."""
        return (terms for terms in self.policy.venues if self.live(terms.code))
