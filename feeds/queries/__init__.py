"""Everything that is read from the database by more than one place: plans, the page's feed, trades, quotes, bars, the
diary, who runs what."""

from feeds.queries.candle import bars, bars_of, last_bar_at
from feeds.queries.diary import evidence, last_reasons, last_switches, switches_between
from feeds.queries.gaps import GapView, gaps_between
from feeds.queries.history import last_trade, trades_between, vwap
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
    venue_names,
)
from feeds.queries.plan import FeedPlan, VenuePlan, enabled_feeds, feed_plan, venue_plan
from feeds.queries.quotes import last_quote, mean_spread_bps
from feeds.queries.system import DatabaseLook, database_look
from feeds.queries.uptime import promised_subjects, venue_subjects

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
    "bars_of",
    "day_range",
    "database_look",
    "enabled_feeds",
    "evidence",
    "feed_plan",
    "gaps_between",
    "last_bar_at",
    "lately",
    "last_quote",
    "last_reasons",
    "last_switches",
    "last_trade",
    "promised_subjects",
    "listed_feeds",
    "followed_instruments",
    "mean_spread_bps",
    "shown_feed",
    "shown_feeds",
    "switches_between",
    "trades_between",
    "venue_names",
    "venue_plan",
    "vwap",
    "venue_subjects",
]
