"""Everything that is read from the database by more than one place: plans, the page's feed, trades, bars, the diary,
who runs what."""

from feeds.queries.candle import bars, last_bar_at
from feeds.queries.diary import evidence, last_reasons, last_switches
from feeds.queries.history import last_trade
from feeds.queries.page import (
    FeedView,
    InstrumentView,
    VenueRow,
    followed_instruments,
    shown_feed,
    shown_feeds,
)
from feeds.queries.plan import FeedPlan, VenuePlan, enabled_feeds, feed_plan, venue_plan
from feeds.queries.system import DatabaseLook, database_look

__all__ = [
    "DatabaseLook",
    "FeedPlan",
    "FeedView",
    "InstrumentView",
    "VenuePlan",
    "VenueRow",
    "bars",
    "database_look",
    "enabled_feeds",
    "evidence",
    "feed_plan",
    "last_bar_at",
    "last_reasons",
    "last_switches",
    "last_trade",
    "followed_instruments",
    "shown_feed",
    "shown_feeds",
    "venue_plan",
]
