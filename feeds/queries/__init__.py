"""Everything that is read from the database by more than one place: plans, the page's feed, trades, bars, the diary."""

from feeds.queries.candle import bars, last_bar_at
from feeds.queries.diary import Failover, GapSum, evidence, gap_sums, last_failovers, last_reasons, open_alerts
from feeds.queries.history import last_trade
from feeds.queries.page import FeedView, InstrumentView, VenueRow, shown_feed, shown_feeds
from feeds.queries.plan import FeedPlan, VenuePlan, enabled_feeds, feed_plan, venue_plan

__all__ = [
    "Failover",
    "FeedPlan",
    "FeedView",
    "GapSum",
    "InstrumentView",
    "VenuePlan",
    "VenueRow",
    "bars",
    "enabled_feeds",
    "evidence",
    "feed_plan",
    "gap_sums",
    "last_bar_at",
    "last_failovers",
    "last_reasons",
    "last_trade",
    "open_alerts",
    "shown_feed",
    "shown_feeds",
    "venue_plan",
]
