"""Whether a trade may be kept. Pure."""

from collections import defaultdict, deque
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from feeds.types import Trade

MAX_PRICE: Final = Decimal(1_000_000)
MAX_AHEAD: Final = timedelta(seconds=5)
MAX_AGE: Final = timedelta(seconds=60)
# Ids remembered per symbol: venues repeat the last trades after a subscription, not the last hour.
REMEMBERED_IDS: Final = 10_000


def is_timely(traded_at: datetime, received_at: datetime) -> bool:
    """Whether the venue's time can be true: at most 5 s in our future, at most 60 s in our past.

    An untimely trade is kept, but it is neither a live price nor part of a live bar.
    """
    return -MAX_AHEAD <= received_at - traded_at <= MAX_AGE


class Verdict(StrEnum):
    """`accepted`, or the reason why not."""

    ACCEPTED = "accepted"
    PRICE_BOUNDS = "price_bounds"
    SIZE_BOUNDS = "size_bounds"
    DUPLICATE = "duplicate"


class Validation:
    """Judges the trades of one venue. Remembers ids, within bounds."""

    def __init__(self) -> None:
        self._seen: dict[str, set[str]] = defaultdict(set)
        self._order: dict[str, deque[str]] = defaultdict(deque)

    def judge(self, trade: Trade) -> Verdict:
        """The first reason against the trade, in a fixed order."""
        if not 0 < trade.price <= MAX_PRICE:
            return Verdict.PRICE_BOUNDS
        if trade.size <= 0:
            return Verdict.SIZE_BOUNDS
        return self._judge_id(trade.symbol, trade.trade_id)

    def _judge_id(self, symbol: str, trade_id: str) -> Verdict:
        seen, order = self._seen[symbol], self._order[symbol]
        if trade_id in seen:
            return Verdict.DUPLICATE
        if len(order) == REMEMBERED_IDS:
            seen.discard(order.popleft())
        seen.add(trade_id)
        order.append(trade_id)
        return Verdict.ACCEPTED
