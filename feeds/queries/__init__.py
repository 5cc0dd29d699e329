"""Everything that is read from the database by more than one place: plans, the page's feed, trades, the diary."""

from feeds.queries.diary import Failover, GapSum, evidence, gap_sums, last_failovers, last_reasons, open_alerts
from feeds.queries.history import last_trade, recent_trades
from feeds.queries.page import FeedView, InstrumentView, VenueRow, shown_feed
from feeds.queries.plan import FeedPlan, VenuePlan, enabled_feeds, feed_plan, venue_plan

__all__ = [
    "Failover",
    "FeedPlan",
    "FeedView",
    "GapSum",
    "InstrumentView",
    "VenuePlan",
    "VenueRow",
    "enabled_feeds",
    "evidence",
    "feed_plan",
    "gap_sums",
    "last_failovers",
    "last_reasons",
    "last_trade",
    "open_alerts",
    "recent_trades",
    "shown_feed",
    "venue_plan",
]
