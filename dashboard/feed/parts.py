"""What the messages are made of: lines of tables, and whatever else has several fields."""

from datetime import datetime

import msgspec


class Passport(msgspec.Struct, frozen=True):
    """How far a price may be trusted: `text` says what the venues say of it, `gap` what of it was missing lately.

    `consensus` is the price of all venues together, `distance` how far the shown one is from that, in words.
    `excluded` are the names of venues that are not asked, each with the reason.
    """

    status: str
    text: str
    gap: str = ""
    consensus: str | None = None
    distance: str = ""
    excluded: list[tuple[str, str]] = []


class VenueLine(msgspec.Struct, frozen=True):
    """One row of the venues table. `state` is a state of VenueState, or unknown while no worker reports.

    `role` is active, standby (connected and recorded, but not shown) or "". `reason` is why it is in its state, in
    words, and `detail` the same in technical ones. `rejected` and `quarantined` count by reason; `quarantined_share` is
    what part of its trades that is, "" for none; `skew_ms` is how far its clock is ahead of ours; `delay_ms` the way of
    its data to us, p50 and p99. Its `circuit` is closed, open (it is left alone) or half-open (it is tried), by an
    admin's word until `forced_until`. `reconnects` counts how often it was connected again.
    """

    code: str
    name: str
    priority: int
    state: str
    role: str = ""
    reason: str = ""
    detail: str = ""
    since_at: datetime | None = None
    retry_at: datetime | None = None
    seen_at: datetime | None = None
    rejected: dict[str, int] = {}
    quarantined: dict[str, int] = {}
    quarantined_share: str = ""
    repeated: int = 0
    skew_ms: int | None = None
    attempts: int = 0
    circuit: str = "closed"
    forced_until: datetime | None = None
    reconnects: int = 0
    delay_ms: tuple[int, int] | None = None


class Source(msgspec.Struct, frozen=True):
    """Where a price is from ("" while no venue delivers); since when and why in words, and in technical ones."""

    venue: str
    text: str
    detail: str
    since_at: datetime | None = None


class SwitchLine(msgspec.Struct, frozen=True):
    """The price moved, of one instrument or of all (""): from a venue to another by name, why, and what it cost."""

    at: datetime
    instrument: str
    from_venue: str
    to_venue: str
    text: str
    cost: str
    detail: str


class Lead(msgspec.Struct, frozen=True):
    """A stretch of time in which one venue's price was shown; "": no price was fresh."""

    venue: str
    since_at: datetime
    until_at: datetime


class AlertLine(msgspec.Struct, frozen=True):
    """What a person should know, and is not over."""

    kind: str
    since_at: datetime
    text: str


class AlertEvent(msgspec.Struct, frozen=True):
    """An alert was raised or is over, or the price moved: `what` is raised, over or switch.

    `kind` is the alert's, or switch. `instrument` is whose price moved, "" for all of them. What is over has the time
    at which that was seen.
    """

    what: str
    at: datetime
    kind: str
    text: str
    instrument: str = ""


class TapeTrade(msgspec.Struct, frozen=True, gc=False):
    """One line of the tape. `offset` is its place in the log. One with a known `id` takes the place of the former.

    `held` is why it is no price, in words; "" for one that is.
    """

    id: str
    offset: str
    venue: str
    price: str
    size: str
    side: str
    traded_at: datetime
    held: str = ""


class UptimeLine(msgspec.Struct, frozen=True):
    """How a part of the system did over an hour, a day and 30 days, and how long it may still fail, in words.

    `since` says from when on it was watched, where that is less than 30 days ago.
    """

    name: str
    hour: str
    day: str
    month: str
    left: str
    since: str = ""


class Hop(msgspec.Struct, frozen=True):
    """What one part of the way from a venue to a screen took in the last minute, in milliseconds; `about` says which
    part."""

    name: str
    about: str
    p50: float
    p95: float
    p99: float


class Covered(msgspec.Struct, frozen=True, array_like=True):
    """One hour or day of a venue: `share` of its time is covered, None where nobody was to listen, or did yet.

    `missing_s` seconds are missing of each instrument. Of its gaps so many are `open`, `repaired` or `lost`.
    """

    share: float | None = None
    missing_s: int = 0
    open: int = 0
    repaired: int = 0
    lost: int = 0


class CoverageLine(msgspec.Struct, frozen=True):
    """One venue, the oldest hour and day first."""

    code: str
    name: str
    hours: list[Covered]
    days: list[Covered]
