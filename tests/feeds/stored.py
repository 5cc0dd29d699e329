"""Trades and their bars in the database, as the drain puts them there."""

from datetime import datetime

from feeds.models import Trade
from feeds.storage.bars import CandleMaker, mark_trades
from feeds.storage.latest import LoggedTrade
from tests.clock import ManualClock

FIELDS = ("trade_id", "price", "size", "side", "traded_at", "received_at", "quarantine")


def store(*trades: LoggedTrade) -> None:
    """In one batch."""
    rows = [
        Trade(venue_id=t.venue, instrument_id=t.instrument, **{name: getattr(t, name) for name in FIELDS})
        for t in trades
    ]
    Trade.objects.bulk_create(rows, ignore_conflicts=True)
    mark_trades(rows)


def make_bars(now: datetime) -> None:
    """A worker that starts anew makes what is due at this time."""
    CandleMaker(ManualClock()).step(now)
