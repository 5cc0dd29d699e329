"""Trades that are stored: the last one, those of a time, and their mean price."""

from datetime import datetime
from decimal import Context, Decimal
from typing import Final

from django.db.models import F, QuerySet

from feeds.market.validation import MAX_AHEAD
from feeds.models import Trade
from feeds.storage.database import streamed
from feeds.storage.latest import LoggedTrade
from feeds.types import Side

# Python's own context would round a sum at 28 digits.
_WIDE: Final = Context(prec=60)


def last_trade(instrument: str, until_at: datetime) -> LoggedTrade | None:
    """The newest stored trade of an instrument by the venue's clock, up to a time: some venue may be ahead of it.

    Of one that was from the future when it came nobody knows when it happened, not even later.
    """
    trades = Trade.objects.filter(instrument=instrument, traded_at__lte=until_at)
    believed = trades.filter(traded_at__lte=F("received_at") + MAX_AHEAD)
    trade = believed.order_by("-traded_at", "-id").first()
    return _logged(trade) if trade else None


def trades_between(instrument: str, from_at: datetime, to_at: datetime) -> QuerySet[Trade]:
    """Those that are believed, of all venues, by their clocks: from the first time on, before the second."""
    return Trade.objects.filter(instrument=instrument, quarantine="", traded_at__gte=from_at, traded_at__lt=to_at)


def vwap(instrument: str, from_at: datetime, to_at: datetime) -> Decimal | None:
    """The mean price by volume, of all venues, exact until the last division; None where nothing was traded."""
    notional = volume = Decimal(0)
    for price, size in streamed(trades_between(instrument, from_at, to_at).values_list("price", "size")):
        notional = _WIDE.add(notional, _WIDE.multiply(price, size))
        volume = _WIDE.add(volume, size)
    return notional / volume if volume else None


def _logged(trade: Trade) -> LoggedTrade:
    return LoggedTrade(
        venue=trade.venue_id,
        instrument=trade.instrument_id,
        trade_id=trade.trade_id,
        price=trade.price,
        size=trade.size,
        side=Side(trade.side),
        traded_at=trade.traded_at,
        received_at=trade.received_at,
    )
