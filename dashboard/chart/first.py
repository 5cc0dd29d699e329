"""What a chart says before its script runs, and without it: the last bars."""

from datetime import datetime, timedelta
from typing import Final

from dashboard.feed.board import Board
from dashboard.feed.conversion import bar_message
from dashboard.feed.messages import Bar
from feeds.market.candles import MINUTE
from feeds.queries import bars, last_bar_at

SHOWN: Final = 10


def last_bars(board: Board, instrument: str, now: datetime) -> list[Bar]:
    """The last minutes with what is known of them, newest first. Blocking."""
    last_at = last_bar_at(instrument)
    if last_at is None:
        return []
    shown = board.following.source(instrument).venue
    venues = list(dict.fromkeys([shown, *(venue.code for venue in board.feed.venues)]))
    found = bars(instrument, MINUTE, last_at - timedelta(minutes=SHOWN - 1), now, venues)
    return [bar_message(instrument, bar) for bar in reversed(found[-SHOWN:])]
