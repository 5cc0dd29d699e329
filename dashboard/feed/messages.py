"""What the server says of a feed; docs/websocket.md is the same list for people."""

from datetime import datetime
from typing import ClassVar

from dashboard.feed.parts import (
    AlertEvent,
    AlertLine,
    CoverageLine,
    Hop,
    Lead,
    Passport,
    Source,
    SwitchLine,
    TapeTrade,
    UptimeLine,
    VenueLine,
)
from dashboard.protocol.message import Event, Message
from dashboard.protocol.topics import Topic


class OfFeed(Message, frozen=True, kw_only=True):
    """`feed` is the feed's name; whoever hands the message out says it."""

    feed: str = ""


class Snapshot(OfFeed, frozen=True, kw_only=True, tag="snapshot"):
    """What the feed is. Its newest states follow, and what happened last: forget what you had of it."""

    now: datetime
    title: str
    instruments: list[str]
    stale_after: float


class Price(OfFeed, frozen=True, kw_only=True, tag="price"):
    """The displayed price. `move` compares it with the last different one: up, down, or "" when unknown."""

    kind: ClassVar[Topic | None] = Topic.PRICE

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
    spread_bps: str | None = None
    passport: Passport | None = None

    @property
    def key(self) -> str:
        return f"{self.feed} price {self.instrument}"

    @property
    def about(self) -> str:
        return self.instrument


class Venues(OfFeed, frozen=True, kw_only=True, tag="venues"):
    kind: ClassVar[Topic | None] = Topic.VENUES
    is_urgent: ClassVar[bool] = False
    active: str
    venues: list[VenueLine]

    @property
    def key(self) -> str:
        return f"{self.feed} venues"


class Feed(OfFeed, frozen=True, kw_only=True, tag="feed"):
    """What the feed does: where its prices are from, some of them elsewhere, what changed last and what is wrong."""

    kind: ClassVar[Topic | None] = Topic.VENUES
    is_urgent: ClassVar[bool] = False

    lead: Source
    diverted: dict[str, Source] = {}
    switches: list[SwitchLine] = []
    alerts: list[AlertLine] = []

    @property
    def key(self) -> str:
        return f"{self.feed} feed"

    def source(self, instrument: str) -> Source:
        return self.diverted.get(instrument, self.lead)


class Leads(OfFeed, frozen=True, kw_only=True, tag="leads"):
    """Which venue led when, over the last hours, the oldest first: of the whole feed, not of diverted instruments."""

    kind: ClassVar[Topic | None] = Topic.VENUES
    is_urgent: ClassVar[bool] = False

    since_at: datetime
    until_at: datetime
    leads: list[Lead]

    @property
    def key(self) -> str:
        return f"{self.feed} leads"


class Trades(Event, frozen=True, kw_only=True, tag="trades"):
    """Trades of the venue whose price is shown, in the order of the log, oldest first."""

    kind: ClassVar[Topic] = Topic.TRADES
    # A price comes of each, at most a reading later.
    is_urgent: ClassVar[bool] = False

    feed: str = ""
    instrument: str
    trades: list[TapeTrade]

    @property
    def about(self) -> str:
        return self.instrument


class Bar(OfFeed, frozen=True, kw_only=True, tag="candle"):
    """A bar: over the socket the minute that is forming, or the last word on one that just closed.

    Without prices it is one of which only is known that `gap_seconds` of it are missing.
    """

    kind: ClassVar[Topic | None] = Topic.CANDLES
    is_urgent: ClassVar[bool] = False

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
    def key(self) -> str:
        return f"{self.feed} candle {self.instrument} {self.start_at}"

    @property
    def about(self) -> str:
        return self.instrument


class Uptime(OfFeed, frozen=True, kw_only=True, tag="uptime"):
    kind: ClassVar[Topic | None] = Topic.HEALTH
    is_urgent: ClassVar[bool] = False
    lines: list[UptimeLine]

    @property
    def key(self) -> str:
        return f"{self.feed} uptime"


class Coverage(OfFeed, frozen=True, kw_only=True, tag="coverage"):
    """How much of each venue's time is covered, in the hours and days (UTC) that begin at these times."""

    kind: ClassVar[Topic | None] = Topic.HEALTH
    is_urgent: ClassVar[bool] = False

    hours: list[datetime]
    days: list[datetime]
    lines: list[CoverageLine]

    @property
    def key(self) -> str:
        return f"{self.feed} coverage"


class Latency(OfFeed, frozen=True, kw_only=True, tag="latency"):
    """The way of the shown venue's data, hop by hop."""

    kind: ClassVar[Topic | None] = Topic.HEALTH
    is_urgent: ClassVar[bool] = False

    hops: list[Hop]

    @property
    def key(self) -> str:
        return f"{self.feed} latency"


class Health(OfFeed, frozen=True, kw_only=True, tag="health"):
    """`redis` is up or down. While it is down the rest is the last that was known.

    `lines` say what is wrong below the feeds: with Redis, or with storing what comes.
    """

    kind: ClassVar[Topic | None] = Topic.HEALTH

    redis: str
    lines: list[AlertLine] = []

    @property
    def key(self) -> str:
        return f"{self.feed} health"


class Alerts(Event, frozen=True, kw_only=True, tag="alerts"):
    """What was raised, is over or moved the price, in the order in which it happened."""

    kind: ClassVar[Topic] = Topic.ALERTS

    feed: str = ""
    events: list[AlertEvent]
