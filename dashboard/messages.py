"""What the server says to a browser; docs/websocket.md is the same list for people.

A frame is a JSON array of messages. State messages conflate by `topic`: a newer one replaces an older one that
is still waiting. Messages without a topic are events: they keep their order and none is left out.
"""

from datetime import datetime
from typing import Final

import msgspec

VERSION: Final = 1


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    v: int = VERSION

    @property
    def topic(self) -> str:
        """What a newer message of the same topic replaces; "" for an event."""
        return ""


class Hello(Message, frozen=True, kw_only=True, tag="hello"):
    """First of a connection, and again when the feed was edited: forget everything, the whole state follows."""

    now: datetime
    feed: str
    instruments: list[str]
    stale_after: float


class Price(Message, frozen=True, kw_only=True, tag="price"):
    """The displayed price. `move` compares it with the last different one: up, down, or "" when unknown."""

    instrument: str
    venue: str
    price: str
    move: str
    side: str
    size: str
    traded_at: datetime
    seen_at: datetime
    bid: str | None = None
    ask: str | None = None
    spread: str | None = None

    @property
    def topic(self) -> str:
        return f"price {self.instrument}"


class VenueLine(msgspec.Struct, frozen=True):
    """One row of the venues table. `state` is a state of VenueState, or unknown while no worker reports.

    `rejected` and `quarantined` count by reason; `skew_ms` is how far its clock is ahead of ours.
    """

    code: str
    name: str
    priority: int
    state: str
    reason: str = ""
    since_at: datetime | None = None
    retry_at: datetime | None = None
    seen_at: datetime | None = None
    rejected: dict[str, int] = {}
    quarantined: dict[str, int] = {}
    repeated: int = 0
    skew_ms: int | None = None


class Venues(Message, frozen=True, kw_only=True, tag="venues"):
    active: str
    venues: list[VenueLine]

    @property
    def topic(self) -> str:
        return "venues"


class TapeTrade(msgspec.Struct, frozen=True, gc=False):
    """One line of the tape. `offset` is its place in the log; a later trade has a higher one."""

    offset: str
    instrument: str
    venue: str
    price: str
    size: str
    side: str
    traded_at: datetime


class Trades(Message, frozen=True, kw_only=True, tag="trades"):
    """Trades of all venues in the order of the log, oldest first."""

    trades: list[TapeTrade]


class Bar(Message, frozen=True, kw_only=True, tag="candle"):
    """A bar: over the socket the minute that is forming, or the last word on one that just closed.

    Without prices it is one of which only is known that `gap_seconds` of it are missing.
    """

    instrument: str
    start_at: datetime
    volume: str
    open: str | None = None
    high: str | None = None
    low: str | None = None
    close: str | None = None
    status: str = "forming"
    gap_seconds: float = 0.0
    venues: list[str] = []

    @property
    def topic(self) -> str:
        return f"candle {self.instrument} {self.start_at}"


class Health(Message, frozen=True, kw_only=True, tag="health"):
    """`redis` is up or down. While it is down the rest is the last that was known."""

    redis: str

    @property
    def topic(self) -> str:
        return "health"


class Tick(Message, frozen=True, kw_only=True, tag="tick"):
    """The server's clock, once a second, so that ages need not trust the browser's."""

    now: datetime

    @property
    def topic(self) -> str:
        return "tick"


class Error(Message, frozen=True, kw_only=True, tag="error"):
    """What was wrong with a frame of the client."""

    code: str
    text: str


_encode = msgspec.json.Encoder().encode


def encoded(message: Message) -> str:
    return _encode(message).decode()
