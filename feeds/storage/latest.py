"""Names and shapes of everything in Redis; nowhere else.

The durable log is one stream of trades that drains into the database. The newest state is one JSON value per
key, written only over an older (fence, version) and gone after STATE_TTL_S: an old price is absent, not shown.
Beside them one stream per venue of what was rejected, for people.
"""

from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from feeds.types import Side

TRADE_LOG: Final = "trade_log"
TRADE_LOG_DEAD: Final = "trade_log:dead"
TRADE_LOG_GROUP: Final = "database"
TRADE_FIELD: Final = b"trade"
REASON_FIELD: Final = b"reason"
REJECTED_FIELD: Final = b"frame"

STATE_TTL_S: Final = 60
# Acknowledged trades stay this long in the log, so that readers of its tail and a restored backup find them.
LOG_KEPT_S: Final = 600
# Rejected frames of each venue: so many of a second, of those the newest, and none that is older.
REJECTED_A_SECOND: Final = 20
REJECTED_KEPT: Final = 500
REJECTED_KEPT_S: Final = 3600


class LoggedTrade(msgspec.Struct, frozen=True, gc=False):
    """A trade as the log carries it: the venue's words plus ours, and both clocks.

    `quarantine` is why it is no live price, "" for one that is.
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


class VenueState(msgspec.Struct, frozen=True, gc=False):
    """One venue of a feed. `state` is idle (not needed now), connecting, connected, disconnected, disabled, or
    blocked: it bans our address.

    `rejected` and `quarantined` count by reason since the feed started; `repeated` is what came once more.
    `skew_ms` is how far its clock was ahead of ours in the last minute.
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
    skew_ms: int | None = None


class FeedState(msgspec.Struct, frozen=True, gc=False):
    """A feed: its active venue ("" while there is none) and every venue it knows, best priority first."""

    fence: int
    version: int
    feed: str
    active: str
    venues: list[VenueState]


class RejectedFrame(msgspec.Struct, frozen=True, gc=False):
    """What a venue said and we did not take, for people to look at, escaped and bounded.

    `excerpt` is what is wrong, `frame` how the frame begins that it was in, where it could not be understood.
    """

    venue: str
    reason: str
    excerpt: str
    received_at: datetime
    frame: str = ""


def cool_off_key(venue: str) -> str:
    """Exists for as long as nobody may ask the venue for anything; holds the reason."""
    return f"cool_off:{venue}"


def bans_key(venue: str) -> str:
    """How many bans in a row the venue has spoken."""
    return f"bans:{venue}"


def allowance_key(venue: str, what: str) -> str:
    """What was spent lately of one of the venue's limits, by Redis's clock in milliseconds."""
    return f"allowance:{venue}:{what}"


def price_key(instrument: str) -> str:
    return f"latest:price:{instrument}"


def feed_key(feed: str) -> str:
    return f"latest:feed:{feed}"


def rejected_key(venue: str) -> str:
    return f"rejected:{venue}"


encode = msgspec.json.Encoder(decimal_format="string").encode
decode_trade = msgspec.json.Decoder(LoggedTrade).decode
decode_price = msgspec.json.Decoder(PriceState).decode
decode_feed = msgspec.json.Decoder(FeedState).decode
decode_rejected = msgspec.json.Decoder(RejectedFrame).decode
