"""What the supervisor hears. Values; each comes with the time, in seconds of one monotonic clock.

A session has a number that is never used again, so that what a former one still says is told apart.
"""

from collections.abc import Hashable

import msgspec

from feeds.errors import SessionEnded


class VenueTerms(msgspec.Struct, frozen=True):
    """What a supervisor has to know of a venue. `life_after` is when the venue cuts every connection, in seconds.

    `setup` is whatever else a session is opened with: another one wants another session.
    """

    code: str
    instruments: tuple[str, ...]
    silent_after: float = 3.0
    life_after: float | None = None
    setup: Hashable = None


class Policy(msgspec.Struct, frozen=True):
    """How a feed chooses. Venues come best first; those that it may not use are not among them."""

    venues: tuple[VenueTerms, ...]
    failback_after: float = 300.0
    pause_between: float = 3.0
    standbys: int = 2


class Adopted(msgspec.Struct, frozen=True):
    """An admin changed what the feed has to do. `forced_open`, `forced_closed`: circuits that somebody overrides."""

    policy: Policy
    forced_open: frozenset[str] = frozenset()
    forced_closed: frozenset[str] = frozenset()


class Ticked(msgspec.Struct, frozen=True):
    """Nothing but time. Wanted no later than the supervisor's `wake_at`."""


class PutOff(msgspec.Struct, frozen=True):
    """A session was not begun: the venue must be left alone for `seconds`, by its limits or its wish."""

    session: int
    seconds: float
    reason: str
    is_ban: bool = False


class Opened(msgspec.Struct, frozen=True):
    """The socket is open. `chance` in [0, 1) spreads planned renewals."""

    session: int
    chance: float


class Connected(msgspec.Struct, frozen=True):
    """All that is still wanted is acknowledged, and data has come."""

    session: int


class Heard(msgspec.Struct, frozen=True, gc=False):
    """Market data of an instrument came ("" of one that has no price yet). Only what may be believed proves life.

    What `is_held` may still turn out to be true: it proves nothing, and is not held against the venue.
    """

    session: int
    instrument: str
    is_good: bool = True
    is_held: bool = False


class Unconfirmed(msgspec.Struct, frozen=True, gc=False):
    """So many trades of this session were held, and nobody confirmed them."""

    session: int
    count: int


class Repeated(msgspec.Struct, frozen=True, gc=False):
    """A trade came that another session of the venue had brought: nothing is lost between the two."""

    session: int


class Lost(msgspec.Struct, frozen=True):
    """An instrument is not to be had in this session."""

    session: int
    instrument: str
    reason: str


class Announced(msgspec.Struct, frozen=True):
    """The venue said that it is about to close this session."""

    session: int
    text: str


class Ended(msgspec.Struct, frozen=True):
    """A session is over, or never came about. `cool_off` seconds hold for every worker; `chance` spreads retries."""

    session: int
    error: SessionEnded
    cool_off: float
    chance: float


class Skewed(msgspec.Struct, frozen=True):
    """How many seconds the venues' clocks are ahead of ours, below zero behind it: of all that are known."""

    seconds: dict[str, float]


class Unsettled(msgspec.Struct, frozen=True):
    """Volatility: so many standby venues more than in quiet times (V-02)."""

    more_standbys: int


SessionEvent = PutOff | Opened | Connected | Unconfirmed | Lost | Announced | Ended
Event = SessionEvent | Repeated | Heard | Adopted | Ticked | Skewed | Unsettled
