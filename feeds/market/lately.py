"""What happened to one instrument lately: its flow in seconds and minutes, and each venue's closes. Pure.

It is made of all trades of all venues that were recorded, whichever was shown: out of the same trades, in any order,
comes the same. So each process that reads them tells the same, and a price that moves to another venue is no move.
"""

from datetime import datetime
from math import log
from typing import Final

from feeds.market.flow import MINUTE_S, SECOND_S, Flow, Print
from feeds.market.significance import HORIZONS_S, MOST_APART_S, WINDOW_S, Close

MINUTES_KEPT: Final = 60
SECONDS_KEPT: Final = 60
_CLOSES_KEPT_S: Final = max(WINDOW_S, *HORIZONS_S) + MOST_APART_S


class Closes:
    """The last price of each second at one venue."""

    def __init__(self) -> None:
        self._last: dict[int, tuple[datetime, float]] = {}

    def add(self, at: datetime, log_price: float, second: int) -> None:
        known = self._last.get(second)
        if known is None or known[0] <= at:
            self._last[second] = (at, log_price)
        if len(self._last) > 2 * _CLOSES_KEPT_S:
            for old in sorted(self._last)[:-_CLOSES_KEPT_S]:
                del self._last[old]

    def join(self, other: "Closes") -> None:
        for second, (at, log_price) in other._last.items():
            self.add(at, log_price, second)

    def until(self, second: int) -> list[Close]:
        """Oldest first; those of seconds that are kept."""
        kept = sorted(each for each in self._last if second - _CLOSES_KEPT_S < each <= second)
        return [Close(each, self._last[each][1]) for each in kept]


class Lately:
    def __init__(self) -> None:
        self.minutes, self.seconds = Flow(MINUTE_S, MINUTES_KEPT), Flow(SECOND_S, SECONDS_KEPT)
        self._closes: dict[str, Closes] = {}

    def add(self, trade: Print) -> None:
        second = int(trade.traded_at.timestamp())
        self.minutes.add(trade, second)
        self.seconds.add(trade, second)
        self._closes.setdefault(trade.venue, Closes()).add(trade.traded_at, log(trade.price), second)

    def join(self, other: "Lately") -> None:
        """Adds what other trades made."""
        self.minutes.join(other.minutes)
        self.seconds.join(other.seconds)
        for venue, closes in other._closes.items():
            self._closes.setdefault(venue, Closes()).join(closes)

    def closes(self, venue: str, until: int) -> list[Close]:
        return self._closes[venue].until(until) if venue in self._closes else []
