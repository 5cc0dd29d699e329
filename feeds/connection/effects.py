"""What the supervisor wants done, and why: values that say everything a person may ask about a decision."""

import msgspec


class VenueEvidence(msgspec.Struct, frozen=True):
    """What was known of a venue when something was decided. Ages in seconds; None where it never spoke.

    `said` is the last that it said of a trade or a price, as JSON.
    """

    state: str
    data_age: float | None
    circuit: str
    attempts: int
    reason: str
    said: str = ""


class Connect(msgspec.Struct, frozen=True):
    """Begin this session. `attempt` counts the venue's failures so far: venues have several addresses."""

    session: int
    venue: str
    attempt: int


class Close(msgspec.Struct, frozen=True):
    """End this session on purpose: nothing is wrong with the venue, unless `is_silent`.

    `is_missed`: what it would have told is wanted all the same.
    """

    session: int
    reason: str
    is_silent: bool = False
    is_missed: bool = False


class Lead(msgspec.Struct, frozen=True):
    """From now on the price of the whole feed is this venue's; "" while no venue delivers."""

    venue: str
    former: str
    reason: str
    evidence: dict[str, VenueEvidence]


class Divert(msgspec.Struct, frozen=True):
    """From now on the price of one instrument is this venue's; the leading one's again where that is it.

    `former` is whose it was before: the same one where only the leading venue changed around it.
    """

    instrument: str
    venue: str
    former: str
    reason: str
    evidence: dict[str, VenueEvidence]


class Enter(msgspec.Struct, frozen=True):
    """A venue enters a state: idle, connecting, connected, disconnected, blocked, exhausted, disabled.

    `retry_in` seconds it is tried again; None where nobody waits for that.
    """

    venue: str
    state: str
    reason: str
    attempts: int
    retry_in: float | None = None


class Turn(msgspec.Struct, frozen=True):
    """A venue's circuit is now closed, open or half-open."""

    venue: str
    circuit: str


class Raise(msgspec.Struct, frozen=True):
    """A person should know: `kind` is a stable word, `subject` the venue or instrument, "" for the feed."""

    kind: str
    subject: str
    text: str


class Clear(msgspec.Struct, frozen=True):
    """What was raised is over."""

    kind: str
    subject: str


Effect = Connect | Close | Lead | Divert | Enter | Turn | Raise | Clear
