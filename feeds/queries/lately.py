"""What the database remembers of an instrument's last hour and day."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from feeds.market.candles import MINUTE
from feeds.market.lately import Lately
from feeds.models import Trade
from feeds.queries.candle import bars
from feeds.storage.bars import COUNTED
from feeds.storage.database import streamed
from feeds.types import Side

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
# Where more was traded the memory begins later.
MOST_TRADES: Final = 50_000


class Stored(NamedTuple):
    """A trade as far as a flow needs it."""

    venue: str
    price: Decimal
    size: Decimal
    side: Side
    traded_at: datetime


class Range(NamedTuple):
    """What the price did since a time: the first, the lowest and the highest one."""

    since_at: datetime
    first: Decimal
    low: Decimal
    high: Decimal


def lately(instrument: str, until_at: datetime, most: int = MOST_TRADES) -> Lately:
    """The hour before this time, of the newest trades that may be so many."""
    in_time = Trade.objects.filter(instrument=instrument, traded_at__gte=until_at - HOUR, traded_at__lt=until_at)
    newest = in_time.filter(quarantine__in=COUNTED).order_by("-traded_at", "-id")[:most]
    rows = list(streamed(newest.values_list("venue", "price", "size", "side", "traded_at")))
    found = Lately()
    # Of two trades of one moment the later one closes its second.
    for venue, price, size, side, traded_at in reversed(rows):
        found.add(Stored(venue, price, size, Side(side), traded_at))
    return found


def day_range(instrument: str, venue: str, now: datetime) -> Range | None:
    """Of this venue's minutes of the last 24 hours, whatever others say of theirs; None where there is none."""
    found = bars(instrument, MINUTE, now - DAY, now, [venue])
    minutes = [(bar.start_at, bar.prices) for bar in found if bar.prices and bar.venues == (venue,)]
    if not minutes:
        return None
    prices = [each for _, each in minutes]
    return Range(minutes[0][0], prices[0].open, min(p.low for p in prices), max(p.high for p in prices))
