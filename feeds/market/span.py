"""A span of time that a person asked for, as gaps that a venue's REST fills. Pure.

A venue that is read forwards begins at a trade before the span, one that is read backwards at a trade after it. Where
it goes by time any id will do, as long as it is lower, or higher, than all others.
"""

from datetime import datetime
from typing import Final, NamedTuple

from feeds.decimals import WHOLE_DIGITS
from feeds.market.gap import Gap, Mark, Page
from feeds.types import Trade

LOWEST_ID: Final = "0"
HIGHEST_ID: Final = "9" * WHOLE_DIGITS


class Span(NamedTuple):
    """From `since` up to `until`, which is outside."""

    symbol: str
    since: datetime
    until: datetime
    is_backward: bool

    @property
    def edge(self) -> datetime:
        """Where reading begins."""
        return self.until if self.is_backward else self.since

    def gap_from(self, place: Mark) -> Gap:
        """What is missing while all is there up to this place, or down to it."""
        if self.is_backward:
            return Gap(self.symbol, Mark(LOWEST_ID, self.since), place)
        return Gap(self.symbol, place)

    def inside(self, trades: list[Trade]) -> list[Trade]:
        return [trade for trade in trades if self.since <= trade.traded_at < self.until]

    def place_after(self, page: Page, place: Mark) -> Mark:
        """The place once this page is there."""
        if page.missing is None:
            return Mark(place.trade_id, self.since if self.is_backward else self.until)
        return (page.missing.before if self.is_backward else page.missing.after) or place

    def is_over_at(self, place: Mark) -> bool:
        """Whether what comes next is beyond the span."""
        return place.traded_at < self.since if self.is_backward else place.traded_at >= self.until
