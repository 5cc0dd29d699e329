"""The rows of market data, in four rooms: what admins edit, what was heard, what became of the line, how the
logs are drained; and what is asked for by hand."""

from feeds.models.backfill import Backfill
from feeds.models.diary import Alert, FailoverEvent, HealthSnapshot, Lease, UptimeMinute
from feeds.models.history import Candle, Gap, Quote, Trade
from feeds.models.inbox import DeadLetter, Inbox
from feeds.models.market import Feed, FeedVenue, Instrument, Listing, Venue

__all__ = [
    "Alert",
    "Backfill",
    "Candle",
    "DeadLetter",
    "FailoverEvent",
    "Feed",
    "FeedVenue",
    "Gap",
    "HealthSnapshot",
    "Inbox",
    "Instrument",
    "Lease",
    "Listing",
    "Quote",
    "Trade",
    "UptimeMinute",
    "Venue",
]
