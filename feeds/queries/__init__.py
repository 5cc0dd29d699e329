"""Everything that is read from the database by more than one place: plans, the page's feed, trades, bars, the diary,
who runs what."""

from feeds.queries.candle import bars, last_bar_at
from feeds.queries.diary import evidence, last_reasons, last_switches, switches_between
from feeds.queries.gaps import GapView, gaps_between
from feeds.queries.history import last_trade
from feeds.queries.lately import Range, day_range, lately
from feeds.queries.page import (
    FeedView,
    InstrumentView,
    ListedFeed,
    VenueRow,
    followed_instruments,
    listed_feeds,
    shown_feed,
    shown_feeds,
)
from feeds.queries.plan import FeedPlan, VenuePlan, enabled_feeds, feed_plan, venue_plan
from feeds.queries.system import DatabaseLook, database_look

__all__ = [
    "DatabaseLook",
    "FeedPlan",
    "FeedView",
    "GapView",
    "InstrumentView",
    "Range",
    "ListedFeed",
    "VenuePlan",
    "VenueRow",
    "bars",
    "day_range",
    "database_look",
    "enabled_feeds",
    "evidence",
    "feed_plan",
    "gaps_between",
    "last_bar_at",
    "lately",
    "last_reasons",
    "last_switches",
    "last_trade",
    "listed_feeds",
    "followed_instruments",
    "shown_feed",
    "shown_feeds",
    "switches_between",
    "venue_plan",
]
