"""States and trades as a worker writes them, for tests of what reads them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from feeds.models import Trade
from feeds.storage.latest import FeedState, LoggedTrade, PriceState, Switch, VenueState
from feeds.types import Side

SILENT = "silent: no market data for 3 s"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def trade(number: int, price: str, at: datetime = NOON, venue: str = "binance", size: str = "0.01200") -> LoggedTrade:
    return LoggedTrade(
        venue=venue,
        instrument="BTC-USDT",
        trade_id=str(number),
        price=Decimal(price),
        size=Decimal(size),
        side=Side.BUY if number % 3 else Side.SELL,
        traded_at=at,
        received_at=at + timedelta(milliseconds=20),
    )


def store_trades(*trades: LoggedTrade) -> None:
    """Puts trades into the database, where the drain puts them."""
    for each in trades:
        fields = {
            name: getattr(each, name) for name in ("trade_id", "price", "size", "side", "traded_at", "received_at")
        }
        Trade.objects.create(venue_id=each.venue, instrument_id=each.instrument, **fields)


def price_state(last: LoggedTrade, seen_at: datetime, version: int = 1) -> PriceState:
    return PriceState(
        fence=1,
        version=version,
        feed="main",
        instrument=last.instrument,
        venue=last.venue,
        price=last.price,
        size=last.size,
        side=last.side,
        trade_id=last.trade_id,
        traded_at=last.traded_at,
        received_at=last.received_at,
        seen_at=seen_at,
        bid=last.price - Decimal("0.01"),
        ask=last.price + Decimal("0.01"),
    )


def feed_state(now: datetime, active: str = "binance", version: int = 1) -> FeedState:
    """HTX went silent 41 seconds ago; the active venue has led since then."""
    left_at = now - timedelta(seconds=38)
    binance = VenueState("binance", "Binance", 1, "connected", "", since_at=now, seen_at=now)
    htx = VenueState(
        "htx",
        "HTX",
        2,
        "disconnected",
        SILENT,
        since_at=now,
        retry_at=now + timedelta(seconds=8),
        seen_at=now - timedelta(seconds=41),
        attempts=1,
    )
    return FeedState(
        fence=1,
        version=version,
        feed="main",
        active=active,
        venues=[binance, htx],
        active_since_at=left_at,
        active_reason=SILENT,
        switches=[Switch("htx", active, SILENT, left_at, age_s=3.0)],
    )
