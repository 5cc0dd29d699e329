"""What a feed has to do, by the rows that admins edit."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from feeds import address, override, terms
from feeds.models import Feed, FeedVenue, Listing, Venue
from feeds.pace import Rate
from feeds.venues import REGISTRY

NEVER_USED: Final = "this feed never uses it"
# What a test of the connection asks for: it need not wait for hundreds of answers.
TRIED: Final = 4


@dataclass(frozen=True)
class VenuePlan:
    """One venue as a feed has to use it. `instruments` maps the venue's symbols to our codes.

    `refusal` is why it is not used although it is switched on: an address that is not allowed, and then it has none,
    or a feed that never uses it. `circuit` is what an admin says of its circuit breaker for now: open, closed, or
    nothing; until `circuit_until`.
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
    circuit: str = ""
    circuit_until: datetime | None = None

    @property
    def setup(self) -> Hashable:
        """What a session is opened with: when it changes, another session is needed."""
        return self.urls, self.ping_every, self.messages, tuple(self.instruments.items())

    def parts(self) -> list[dict[str, str]]:
        """Its instruments in as many shares as it takes sessions to hear them all."""
        pairs, most = list(self.instruments.items()), REGISTRY[self.code].symbols_per_session
        return [dict(pairs[start : start + most]) for start in range(0, len(pairs), most)]


@dataclass(frozen=True)
class FeedPlan:
    """What a feed has to do, venues in order of priority. Equal plans mean that nothing changed.

    `is_first`: of all enabled feeds it is named first, and speaks for the others where only one can.
    """

    name: str
    failback_after: float
    venues: tuple[VenuePlan, ...]
    pause_between: float = 3.0
    standbys: int = 2
    is_first: bool = False

    def venue(self, code: str) -> VenuePlan | None:
        return next((venue for venue in self.venues if venue.code == code), None)

    def has_enabled(self, code: str) -> bool:
        venue = self.venue(code)
        return venue is not None and venue.is_enabled


def feed_plan(name: str) -> FeedPlan | None:
    """The plan of an enabled feed; None when it is switched off or gone. Venues without a listing are left out."""
    enabled = list(Feed.objects.filter(is_enabled=True).order_by("name"))
    feed = next((feed for feed in enabled if feed.name == name), None)
    if feed is None:
        return None
    own = {row.venue_id: row for row in feed.venues.all()}
    listed = _listed(feed)
    venues = Venue.objects.filter(code__in=listed)
    plans = [_own(_venue_plan(venue, listed[venue.code]), own.get(venue.code)) for venue in venues]
    # At equal numbers the one that the feed itself ranks comes first.
    ranked = {code for code, row in own.items() if row.priority}
    plans.sort(key=lambda plan: (plan.priority, plan.code not in ranked, plan.code))
    is_first = feed is enabled[0]
    return FeedPlan(feed.name, feed.failback_after, tuple(plans), feed.pause_between, feed.standbys, is_first)


def _listed(feed: Feed) -> dict[str, dict[str, str]]:
    """What each venue lists of a feed. What was added last comes last: the shares of the others stay as they are."""
    found: dict[str, dict[str, str]] = {}
    listings = Listing.objects.filter(venue__in=REGISTRY, is_enabled=True, instrument__feeds=feed).order_by("pk")
    # Rows and not objects: with hundreds of instruments they are thousands, every two seconds.
    for venue, symbol, instrument in listings.values_list("venue", "symbol", "instrument"):
        found.setdefault(venue, {})[symbol] = instrument
    return found


def _own(plan: VenuePlan, row: FeedVenue | None) -> VenuePlan:
    """The plan of a venue as one feed wants it."""
    if row is None:
        return plan
    plan = replace(plan, priority=row.priority or plan.priority)
    return replace(plan, is_enabled=False, refusal=NEVER_USED) if row.is_never_used else plan


def venue_plan(code: str) -> VenuePlan:
    """One venue with a few of the instruments that it lists, whatever feed asks for it, and whether one does."""
    venue = Venue.objects.get(code=code)
    listings = Listing.objects.filter(venue=venue, is_enabled=True).order_by("pk")
    return _venue_plan(venue, dict(listings.values_list("symbol", "instrument")[:TRIED]))


def _venue_plan(venue: Venue, instruments: dict[str, str]) -> VenuePlan:
    dialect = REGISTRY[venue.code]
    # Judged again, because it may have been saved in another mode or for another version's hosts.
    refusal = address.objection(venue.url, dialect) if venue.url else ""
    urls = (venue.url,) if venue.url else address.own_urls(dialect)
    circuit = override.in_force(venue.circuit, venue.circuit_until, datetime.now(UTC))
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
        circuit=circuit,
        circuit_until=venue.circuit_until if circuit else None,
    )


def enabled_feeds() -> list[str]:
    return list(Feed.objects.filter(is_enabled=True).values_list("name", flat=True))
