"""Shapes of market data in Redis; nowhere else. Names are in `keys`, what is told of the servers in `status`.

The durable log is one stream of trades that drains into the database. The newest state is one JSON value per
key, written only over an older (fence, version) and gone after STATE_TTL_S: an old price is absent, not shown.
Beside them one stream per venue of what was rejected, for people, one of what clients publish, and who listens.
"""

from datetime import datetime
from decimal import Decimal
from typing import Final, Protocol

import msgspec

from feeds.types import Side

STATE_TTL_S: Final = 60
# Acknowledged trades stay this long in the log, so that readers of its tail and a restored backup find them.
LOG_KEPT_S: Final = 600
# Rejected frames of each venue: so many of a second, of those the newest, and none that is older.
REJECTED_A_SECOND: Final = 20
REJECTED_KEPT: Final = 500
REJECTED_KEPT_S: Final = 3600
SWITCHES_SHOWN: Final = 10
# Of what clients publish about so many entries stay, for hubs that were away.
PUBLISHED_KEPT: Final = 2_000
# A process that told nothing of its clients for so long is gone, and they with it.
CLIENTS_KEPT_S: Final = 10


class LoggedTrade(msgspec.Struct, frozen=True, gc=False):
    """A trade as the log carries it: the venue's words plus ours, and both clocks.

    `quarantine` is why it is no price, "" for one that is. One that is released from quarantine is logged once more,
    without it. `feed` is who heard it; `is_standby`: its venue was not the one whose price is shown there.
    `is_backfill`: it is from the venue's REST, to fill a gap, and nothing live.
    """

    venue: str
    instrument: str
    trade_id: str
    price: Decimal
    size: Decimal
    side: Side
    traded_at: datetime
    received_at: datetime
    quarantine: str = ""
    feed: str = ""
    is_standby: bool = False
    is_backfill: bool = False


class Passport(msgspec.Struct, frozen=True, gc=False):
    """How far a displayed price may be trusted: what the venues of the feed say of its instrument.

    `status` is consensus (3 and more of them), agreed, disputed (2) or single source. `consensus` is their weighted
    median, `spread_bps` how far they lie apart, `agreeing` how many of the `sources` are near it. `excluded` are those
    that are not asked, by venue, with the reason. `gap_at` is when data of the displayed venue was last missing, in
    the last hour, and is missing still; `gap_s` for how many seconds.
    """

    status: str
    consensus: Decimal | None = None
    spread_bps: float | None = None
    agreeing: int = 0
    sources: int = 0
    excluded: dict[str, str] = {}
    gap_at: datetime | None = None
    gap_s: float = 0.0


class Delay(msgspec.Struct, frozen=True, gc=False):
    """What one hop took lately, in milliseconds, by percentiles."""

    p50: float
    p95: float
    p99: float


class PriceState(msgspec.Struct, frozen=True, gc=False):
    """The displayed price of an instrument and where it is from.

    `seen_at` is when the venue last said anything about the instrument, trade or quote, by its own clock where it
    tells it and never later than ours: the age of the price.
    """

    fence: int
    version: int
    feed: str
    instrument: str
    venue: str
    price: Decimal
    size: Decimal
    side: Side
    trade_id: str
    traded_at: datetime
    received_at: datetime
    seen_at: datetime
    bid: Decimal | None = None
    ask: Decimal | None = None
    passport: Passport | None = None


class VenueState(msgspec.Struct, frozen=True, gc=False):
    """One venue of a feed. `state` is idle (not needed now), connecting, connected, disconnected, disabled,
    blocked (it bans our address) or exhausted (it failed so often that it is tried every 15 minutes only).

    `rejected` and `quarantined` count by reason since the feed started; `repeated` is what came once
    more, `accepted` are the trades that are believed.
    `skew_ms` is how far its clock was ahead of ours in the last minute. `circuit` is closed, open (the venue is left
    alone) or half-open (it is tried once), by an admin's word until `forced_until`. `reconnects` counts how often it
    was connected again. `delays` are of its data, by hop: `venue` (its clock to ours, less the skew), `accept`
    (received to judged), `log` (received to acknowledged by Redis).
    """

    venue: str
    name: str
    priority: int
    state: str
    reason: str
    since_at: datetime
    retry_at: datetime | None = None
    seen_at: datetime | None = None
    attempts: int = 0
    rejected: dict[str, int] = {}
    quarantined: dict[str, int] = {}
    repeated: int = 0
    accepted: int = 0
    skew_ms: int | None = None
    circuit: str = "closed"
    forced_until: datetime | None = None
    reconnects: int = 0
    delays: dict[str, Delay] = {}


class Switch(msgspec.Struct, frozen=True, gc=False):
    """The price moved from one venue to another ("" where there was none): of one instrument, or of all ("").

    `age_s` is for how long there was no new price, `stale_s` what that cost: how long the price was stale.
    """

    from_venue: str
    to_venue: str
    reason: str
    at: datetime
    instrument: str = ""
    stale_s: float = 0.0
    age_s: float = 0.0


class AlertState(msgspec.Struct, frozen=True, gc=False):
    """Something that a person should know, and that is not over."""

    kind: str
    subject: str
    text: str
    raised_at: datetime


class FeedState(msgspec.Struct, frozen=True, gc=False):
    """A feed: its active venue ("" while there is none) and every venue it knows, best priority first.

    `diverted` are instruments whose price is another venue's meanwhile. `switches` are the last ones, newest first.
    """

    fence: int
    version: int
    feed: str
    active: str
    venues: list[VenueState]
    active_since_at: datetime | None = None
    active_reason: str = ""
    diverted: dict[str, str] = {}
    switches: list[Switch] = []
    alerts: list[AlertState] = []


class Stamp(msgspec.Struct, frozen=True, gc=False):
    """What decides which of two values is newer."""

    fence: int
    version: int


class RejectedFrame(msgspec.Struct, frozen=True, gc=False):
    """What a venue said and we did not take, for people to look at, escaped and bounded.

    `excerpt` is what is wrong, `frame` how the frame begins that it was in, where it could not be understood.
    """

    venue: str
    reason: str
    excerpt: str
    received_at: datetime
    frame: str = ""


encode = msgspec.json.Encoder(decimal_format="string").encode
decode_trade = msgspec.json.Decoder(LoggedTrade).decode
decode_price = msgspec.json.Decoder(PriceState).decode
decode_feed = msgspec.json.Decoder(FeedState).decode
decode_rejected = msgspec.json.Decoder(RejectedFrame).decode
_decode_stamp = msgspec.json.Decoder(Stamp).decode


class Stamped(Protocol):
    """Newest state of any kind: a struct that says which is newer."""

    @property
    def fence(self) -> int: ...

    @property
    def version(self) -> int: ...


def stamp_of(value: bytes | None) -> tuple[int, int]:
    """The (fence, version) of an encoded state; less than any for what has none."""
    try:
        stamp = _decode_stamp(value or b"")
    except msgspec.DecodeError:
        return (-1, 0 if value else -1)
    return (stamp.fence, stamp.version)
