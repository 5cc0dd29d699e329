"""Everything that is read from the database by more than one place."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap

from django.db.models import F, OuterRef, Subquery

from feeds import address, terms
from feeds.market.validation import MAX_AHEAD
from feeds.models import Feed, Listing, Trade, Venue, VenueHealth
from feeds.pace import Rate
from feeds.storage.latest import LoggedTrade
from feeds.types import Side
from feeds.venues import REGISTRY


@dataclass(frozen=True)
class InstrumentView:
    code: str
    base: str
    quote: str


@dataclass(frozen=True)
class VenueRow:
    code: str
    name: str
    priority: int
    is_enabled: bool


@dataclass(frozen=True)
class FeedView:
    """A feed as the dashboard shows it, venues in order of priority."""

    name: str
    title: str
    instruments: list[InstrumentView]
    venues: list[VenueRow]


@dataclass(frozen=True)
class VenuePlan:
    """One venue as a feed has to use it. `instruments` maps the venue's symbols to our codes.

    `refusal` is why the address that an admin set is not used; then the venue has none, and is not enabled.
    """

    code: str
    name: str
    priority: int
    is_enabled: bool
    urls: tuple[str, ...]
    silent_after: float
    ping_every: float | None
    connects: Rate
    messages: Rate
    instruments: dict[str, str]
    refusal: str = ""
    # What an admin says of its circuit breaker for now: open, closed, or nothing.
    circuit: str = ""

    @property
    def setup(self) -> Hashable:
        """What a session is opened with: when it changes, another session is needed."""
        return self.urls, self.ping_every, self.messages, tuple(self.instruments.items())

    def parts(self) -> list[dict[str, str]]:
        """Its instruments, shared out over as many sessions as the venue's limits want."""
        return [self.instruments]


@dataclass(frozen=True)
class FeedPlan:
    """What a feed has to do, venues in order of priority. Equal plans mean that nothing changed."""

    name: str
    failback_after: float
    venues: tuple[VenuePlan, ...]
    pause_between: float = 3.0
    standbys: int = 2

    def venue(self, code: str) -> VenuePlan | None:
        return next((venue for venue in self.venues if venue.code == code), None)

    def has_enabled(self, code: str) -> bool:
        venue = self.venue(code)
        return venue is not None and venue.is_enabled


def feed_plan(name: str) -> FeedPlan | None:
    """The plan of an enabled feed; None when it is switched off or gone. Venues without a listing are left out."""
    feed = Feed.objects.filter(name=name, is_enabled=True).first()
    if feed is None:
        return None
    listings = Listing.objects.filter(venue__in=REGISTRY, is_enabled=True, instrument__feeds=feed)
    instruments: dict[Venue, dict[str, str]] = {}
    for listing in listings.select_related("venue").order_by("venue__priority", "venue", "symbol"):
        instruments.setdefault(listing.venue, {})[listing.symbol] = listing.instrument_id
    venues = tuple(starmap(_venue_plan, instruments.items()))
    return FeedPlan(feed.name, feed.failback_after, venues, feed.pause_between, feed.standbys)


def venue_plan(code: str) -> VenuePlan:
    """One venue with everything that it lists, whatever feed asks for it, and whether one does."""
    venue = Venue.objects.get(code=code)
    listings = Listing.objects.filter(venue=venue, is_enabled=True).order_by("symbol")
    return _venue_plan(venue, dict(listings.values_list("symbol", "instrument")))


def _venue_plan(venue: Venue, instruments: dict[str, str]) -> VenuePlan:
    dialect = REGISTRY[venue.code]
    # Judged again, because it may have been saved in another mode or for another version's hosts.
    refusal = address.objection(venue.url, dialect) if venue.url else ""
    urls = (venue.url,) if venue.url else address.own_urls(dialect)
    return VenuePlan(
        code=venue.code,
        name=venue.name,
        priority=venue.priority,
        is_enabled=venue.is_enabled and not refusal,
        urls=() if refusal else urls,
        silent_after=venue.silent_after,
        ping_every=terms.ping_every(venue.ping_every, dialect),
        connects=terms.rate(venue.connects_allowed, dialect.connects),
        messages=terms.rate(venue.messages_allowed, dialect.messages),
        instruments=instruments,
        refusal=refusal,
    )


def enabled_feeds() -> list[str]:
    return list(Feed.objects.filter(is_enabled=True).values_list("name", flat=True))


def last_reasons() -> dict[str, str]:
    """Why each venue was last left or refused; venues that never were are missing."""
    entered = VenueHealth.objects.filter(venue=OuterRef("code")).exclude(reason="").order_by("-entered_at")
    found = Venue.objects.annotate(last_reason=Subquery(entered.values("reason")[:1]))
    return {code: reason for code, reason in found.values_list("code", "last_reason") if reason}


def shown_feed() -> FeedView | None:
    """The feed of the dashboard page: the first enabled one."""
    feed = Feed.objects.filter(is_enabled=True).first()
    if feed is None:
        return None
    return FeedView(
        name=feed.name,
        title=feed.title,
        instruments=[InstrumentView(i.code, i.base, i.quote) for i in feed.instruments.all()],
        venues=[
            VenueRow(v.code, v.name, v.priority, v.is_enabled)
            for v in Venue.objects.filter(listings__instrument__feeds=feed).distinct()
        ],
    )


def last_trade(instrument: str, until_at: datetime) -> LoggedTrade | None:
    """The newest stored trade of an instrument by the venue's clock, up to a time: some venue may be ahead of it.

    Of one that was from the future when it came nobody knows when it happened, not even later.
    """
    trades = Trade.objects.filter(instrument=instrument, traded_at__lte=until_at)
    believed = trades.filter(traded_at__lte=F("received_at") + MAX_AHEAD)
    trade = believed.order_by("-traded_at", "-id").first()
    return _logged(trade) if trade else None


def recent_trades(instrument: str, since_at: datetime, until_at: datetime) -> Iterator[LoggedTrade]:
    """Stored trades of an instrument between two times, oldest first, in constant memory."""
    trades = Trade.objects.filter(instrument=instrument, traded_at__range=(since_at, until_at))
    trades = trades.order_by("traded_at", "id")
    # Rows and not objects: there may be a hundred thousand of them in an hour.
    rows = trades.values_list("venue", "instrument", "trade_id", "price", "size", "side", "traded_at", "received_at")
    for venue, code, trade_id, price, size, side, traded_at, received_at in rows.iterator(chunk_size=2000):
        yield LoggedTrade(venue, code, trade_id, price, size, Side(side), traded_at, received_at)


def _logged(trade: Trade) -> LoggedTrade:
    return LoggedTrade(
        venue=trade.venue_id,
        instrument=trade.instrument_id,
        trade_id=trade.trade_id,
        price=trade.price,
        size=trade.size,
        side=Side(trade.side),
        traded_at=trade.traded_at,
        received_at=trade.received_at,
    )
