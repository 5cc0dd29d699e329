"""The feed of the dashboard page: its instruments, and its venues in its own order."""

from dataclasses import dataclass

from feeds.models import Feed, Venue
from feeds.queries.plan import FeedPlan, feed_plan


@dataclass(frozen=True)
class InstrumentView:
    code: str
    base: str
    quote: str


@dataclass(frozen=True)
class VenueRow:
    """`refusal` is why it is not used although it is switched on."""

    code: str
    name: str
    priority: int
    is_enabled: bool
    refusal: str = ""


@dataclass(frozen=True)
class FeedView:
    """A feed as the dashboard shows it, venues in order of priority."""

    name: str
    title: str
    instruments: list[InstrumentView]
    venues: list[VenueRow]


@dataclass(frozen=True)
class ListedFeed:
    """A feed as menus list it."""

    name: str
    title: str
    codes: list[str]


def shown_feed(name: str = "") -> FeedView | None:
    """The enabled feed of that name, the first one for ""; None where there is none."""
    enabled = Feed.objects.filter(is_enabled=True)
    feed = enabled.filter(name=name).first() if name else enabled.first()
    plan = feed_plan(feed.name) if feed else None
    if feed is None or plan is None:
        return None
    instruments = [InstrumentView(each.code, each.base, each.quote) for each in feed.instruments.all()]
    return FeedView(feed.name, feed.title, instruments, _rows(plan))


def shown_feeds() -> dict[str, str]:
    """The titles of the enabled feeds, by name."""
    return dict(Feed.objects.filter(is_enabled=True).values_list("name", "title"))


def listed_feeds() -> list[ListedFeed]:
    """The enabled feeds with the codes of their instruments, as they are shown."""
    feeds = Feed.objects.filter(is_enabled=True).prefetch_related("instruments")
    return [ListedFeed(feed.name, feed.title, [each.code for each in feed.instruments.all()]) for feed in feeds]


def venue_names() -> dict[str, str]:
    """Of all venues, switched on or not, by code, in order of priority."""
    return dict(Venue.objects.values_list("code", "name"))


def followed_instruments() -> dict[str, frozenset[str]]:
    """The instruments of each enabled feed, by the feed's name, in the order in which feeds are shown."""
    feeds = Feed.objects.filter(is_enabled=True).prefetch_related("instruments")
    return {feed.name: frozenset(each.code for each in feed.instruments.all()) for feed in feeds}


def _rows(plan: FeedPlan) -> list[VenueRow]:
    return [VenueRow(each.code, each.name, each.priority, each.is_enabled, each.refusal) for each in plan.venues]
