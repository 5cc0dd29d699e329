"""The rows of market data, in three rooms: what admins edit, what was heard, what became of the line."""

from feeds.models.diary import Alert, FailoverEvent, Lease, UptimeMinute, VenueHealth
from feeds.models.history import Candle, Gap, Trade
from feeds.models.market import Feed, FeedVenue, Instrument, Listing, Venue

__all__ = [
    "Alert",
    "Candle",
    "FailoverEvent",
    "Feed",
    "FeedVenue",
    "Gap",
    "Instrument",
    "Lease",
    "Listing",
    "Trade",
    "UptimeMinute",
    "Venue",
    "VenueHealth",
]
