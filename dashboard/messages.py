"""What the server says to a browser; docs/websocket.md is the same list for people.

A frame is a JSON array of messages. State messages conflate by `topic`: a newer one replaces an older one that
is still waiting. Messages without a topic are events: they keep their order and none is left out.
"""

from datetime import datetime
from typing import Final

import msgspec

from dashboard.parts import AlertLine, Hop, Passport, Source, SwitchLine, TapeTrade, UptimeLine, VenueLine

VERSION: Final = 1


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    v: int = VERSION

    @property
    def topic(self) -> str:
        """What a newer message of the same topic replaces; "" for an event."""
        return ""

    @property
    def about(self) -> str:
        """The only instrument that it is about; "" for what everybody is told."""
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
    received_at: datetime
    seen_at: datetime
    bid: str | None = None
    ask: str | None = None
    spread: str | None = None
    passport: Passport | None = None

    @property
    def topic(self) -> str:
        return f"price {self.instrument}"

    @property
    def about(self) -> str:
        return self.instrument


class Venues(Message, frozen=True, kw_only=True, tag="venues"):
    active: str
    venues: list[VenueLine]

    @property
    def topic(self) -> str:
        return "venues"


class Feed(Message, frozen=True, kw_only=True, tag="feed"):
    """What the feed does: where its prices are from, some of them elsewhere, what changed last and what is wrong."""

    lead: Source
    diverted: dict[str, Source] = {}
    switches: list[SwitchLine] = []
    alerts: list[AlertLine] = []

    @property
    def topic(self) -> str:
        return "feed"

    def source(self, instrument: str) -> Source:
        return self.diverted.get(instrument, self.lead)


class Trades(Message, frozen=True, kw_only=True, tag="trades"):
    """Trades of the venue whose price is shown, in the order of the log, oldest first."""

    instrument: str
    trades: list[TapeTrade]

    @property
    def about(self) -> str:
        return self.instrument


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

    @property
    def about(self) -> str:
        return self.instrument


class Uptime(Message, frozen=True, kw_only=True, tag="uptime"):
    lines: list[UptimeLine]

    @property
    def topic(self) -> str:
        return "uptime"


class Latency(Message, frozen=True, kw_only=True, tag="latency"):
    """The way of the shown venue's data, hop by hop."""

    hops: list[Hop]

    @property
    def topic(self) -> str:
        return "latency"


class Health(Message, frozen=True, kw_only=True, tag="health"):
    """`redis` is up or down. While it is down the rest is the last that was known.

    `lines` say what is wrong below the feeds: with Redis, or with storing what comes.
    """

    redis: str
    lines: list[AlertLine] = []

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
