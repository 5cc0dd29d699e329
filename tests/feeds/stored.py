"""Trades and their bars in the database, as the drain puts them there."""

from datetime import datetime

from feeds.storage import table
from feeds.storage.bars import CandleMaker
from feeds.storage.latest import LoggedTrade
from tests.clock import ManualClock


def store(*trades: LoggedTrade) -> None:
    """In one batch."""
    table.store(trades)


def make_bars(now: datetime) -> None:
    """A worker that starts anew makes what is due at this time."""
    CandleMaker(ManualClock()).step(now)
