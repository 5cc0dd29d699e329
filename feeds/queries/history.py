"""Trades that are stored: the last one."""

from datetime import datetime

from django.db.models import F

from feeds.market.validation import MAX_AHEAD
from feeds.models import Trade
from feeds.storage.latest import LoggedTrade
from feeds.types import Side


def last_trade(instrument: str, until_at: datetime) -> LoggedTrade | None:
    """The newest stored trade of an instrument by the venue's clock, up to a time: some venue may be ahead of it.

    Of one that was from the future when it came nobody knows when it happened, not even later.
    """
    trades = Trade.objects.filter(instrument=instrument, traded_at__lte=until_at)
    believed = trades.filter(traded_at__lte=F("received_at") + MAX_AHEAD)
    trade = believed.order_by("-traded_at", "-id").first()
    return _logged(trade) if trade else None


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
