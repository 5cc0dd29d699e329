"""Whether a trade or a quote may be believed: one verdict for each, with the reason. Pure."""

from collections import defaultdict, deque
from collections.abc import Container
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from feeds.types import Quote, Trade

MAX_PRICE: Final = Decimal(1_000_000)
MAX_AHEAD: Final = timedelta(seconds=5)
MAX_AGE: Final = timedelta(seconds=60)
# Ids remembered per symbol: venues repeat the last trades after a subscription, not the last hour.
REMEMBERED_IDS: Final = 10_000
# A lower id that is so much later by the venue's own clock is not late: the venue numbers anew.
RENUMBERED_AFTER: Final = timedelta(seconds=60)
# Nor are so many in a row: then the one that they are compared with was wrong.
LATE_IN_A_ROW: Final = 100


class Verdict(StrEnum):
    """`accepted`, or the stable reason why not; the first that applies, in this order."""

    ACCEPTED = "accepted"
    SYMBOL = "symbol"
    PRICE_BOUNDS = "price_bounds"
    SIZE_BOUNDS = "size_bounds"
    CROSSED = "crossed"
    DUPLICATE = "duplicate"
    CLOCK = "clock"
    ORDER = "order"
    # What anomaly.py objects to.
    JUMP = "jump"
    OUTLIER = "outlier"
    OFF_MARKET = "off_market"
    # A quote that says that its venue's last price does not stand any more.
    UNSUPPORTED = "unsupported"

    @property
    def is_quarantined(self) -> bool:
        """It may have happened, so it is kept; but it is neither the price nor part of a live bar."""
        return self in _QUARANTINED


_QUARANTINED: Final = frozenset((Verdict.CLOCK, Verdict.ORDER, Verdict.JUMP, Verdict.OUTLIER, Verdict.OFF_MARKET))


class Validation:
    """Judges the trades of one venue. Remembers, within bounds, what the venue has said: over all its sessions."""

    def __init__(self, has_rising_ids: bool) -> None:
        self._has_rising_ids = has_rising_ids
        self._seen: dict[str, set[str]] = defaultdict(set)
        self._order: dict[str, deque[str]] = defaultdict(deque)
        self._newest: dict[str, Trade] = {}
        self._late: dict[str, int] = defaultdict(int)

    def judge(self, trade: Trade, received_at: datetime, symbols: Container[str]) -> Verdict:
        """A repeat is one however old it is: so ids are looked at before times."""
        if trade.symbol not in symbols:
            return Verdict.SYMBOL
        if not _is_price(trade.price):
            return Verdict.PRICE_BOUNDS
        if trade.size <= 0:
            return Verdict.SIZE_BOUNDS
        if self._is_repeated(trade.symbol, trade.trade_id):
            return Verdict.DUPLICATE
        if not _is_timely(trade.traded_at, received_at):
            return Verdict.CLOCK
        if self._is_late(trade) and self._late[trade.symbol] < LATE_IN_A_ROW:
            self._late[trade.symbol] += 1
            return Verdict.ORDER
        self._late[trade.symbol] = 0
        self._newest[trade.symbol] = trade
        return Verdict.ACCEPTED

    def _is_repeated(self, symbol: str, trade_id: str) -> bool:
        seen, order = self._seen[symbol], self._order[symbol]
        if trade_id in seen:
            return True
        if len(order) == REMEMBERED_IDS:
            seen.discard(order.popleft())
        seen.add(trade_id)
        order.append(trade_id)
        return False

    def _is_late(self, trade: Trade) -> bool:
        """Whether the venue has already told a later trade: by id where ids tell, else by its clock."""
        newest = self._newest.get(trade.symbol)
        if newest is None:
            return False
        if self._has_rising_ids and trade.trade_id.isdecimal() and newest.trade_id.isdecimal():
            is_renumbered = trade.traded_at - newest.traded_at > RENUMBERED_AFTER
            return int(trade.trade_id) < int(newest.trade_id) and not is_renumbered
        return trade.traded_at < newest.traded_at


def is_possible(trade: Trade) -> bool:
    """Whether price and size are within bounds: all that can be said of a trade that is long past."""
    return _is_price(trade.price) and trade.size > 0


def judge_quote(quote: Quote, received_at: datetime, symbols: Container[str]) -> Verdict:
    """A bid above the ask of the same venue cannot stand: the book it is from is broken. Equal ones are rare, but real.

    Sizes are not judged: one side of a book may be empty.
    """
    if quote.symbol not in symbols:
        return Verdict.SYMBOL
    if not (_is_price(quote.bid) and _is_price(quote.ask)):
        return Verdict.PRICE_BOUNDS
    if quote.bid > quote.ask:
        return Verdict.CROSSED
    if quote.quoted_at is not None and not _is_timely(quote.quoted_at, received_at):
        return Verdict.CLOCK
    return Verdict.ACCEPTED


def _is_price(number: Decimal) -> bool:
    return 0 < number <= MAX_PRICE


def _is_timely(said_at: datetime, received_at: datetime) -> bool:
    """Whether the venue's time can be true: at most 5 s in our future, at most 60 s in our past."""
    return -MAX_AHEAD <= received_at - said_at <= MAX_AGE
