"""Quotes that are stored, one a second: the last one, and how far bid and ask lie apart."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from feeds.models import Quote
from feeds.storage.database import streamed
from feeds.storage.logged import LoggedQuote

_FIELDS: Final = ("venue", "instrument", "bid", "bid_size", "ask", "ask_size", "quoted_at", "received_at")
# Of the middle, which is half of bid and ask.
_BPS: Final = 20_000


def last_quote(instrument: str, venue: str, until_at: datetime) -> LoggedQuote | None:
    """The newest one of a venue before this time, by our clock."""
    quotes = Quote.objects.filter(instrument=instrument, venue=venue, second_at__lte=until_at, received_at__lt=until_at)
    row = quotes.order_by("-second_at").values_list(*_FIELDS).first()
    return LoggedQuote(*row) if row else None


def mean_spread_bps(instrument: str, venue: str, from_at: datetime, to_at: datetime) -> Decimal | None:
    """The mean over the seconds that have a quote, in basis points of the middle; None where none has."""
    quotes = Quote.objects.filter(instrument=instrument, venue=venue, second_at__gte=from_at, second_at__lt=to_at)
    total, count = Decimal(0), 0
    for bid, ask in streamed(quotes.values_list("bid", "ask")):
        total += _BPS * (ask - bid) / (ask + bid)
        count += 1
    return total / count if count else None
