"""Trades of one day for a browser test."""

from datetime import timedelta

from feeds.models import Trade
from tests.feeds.samples import NOON

COUNT = 5000


def make() -> None:
    """One a second from noon on."""
    Trade.objects.bulk_create(
        Trade(
            venue_id="binance",
            instrument_id="BTC-USDT",
            trade_id=str(number),
            price=f"64250.{number:04}",
            size="0.00120000",
            side="buy" if number % 3 else "sell",
            traded_at=NOON + timedelta(seconds=number),
            received_at=NOON + timedelta(seconds=number),
        )
        for number in range(COUNT)
    )
