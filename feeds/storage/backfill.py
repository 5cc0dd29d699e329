"""Trades from a venue's REST, taken to the log: stored like others, but nothing live."""

from collections.abc import Iterable
from datetime import datetime

from feeds.market.validation import is_possible
from feeds.storage.latest import LoggedTrade, encode
from feeds.storage.live import LiveStore
from feeds.storage.recorder import BATCH_SIZE
from feeds.types import Trade


async def keep(store: LiveStore, venue: str, instrument: str, trades: Iterable[Trade], received_at: datetime) -> int:
    """Returned = acknowledged; how many there were that can be true. RedisDown where some may be missing."""
    kept = [encode(_logged(venue, instrument, trade, received_at)) for trade in trades if is_possible(trade)]
    for start in range(0, len(kept), BATCH_SIZE):
        await store.append(kept[start : start + BATCH_SIZE])
    return len(kept)


def _logged(venue: str, instrument: str, trade: Trade, received_at: datetime) -> LoggedTrade:
    return LoggedTrade(
        venue=venue,
        instrument=instrument,
        trade_id=trade.trade_id,
        price=trade.price,
        size=trade.size,
        side=trade.side,
        traded_at=trade.traded_at,
        received_at=received_at,
        is_backfill=True,
    )
