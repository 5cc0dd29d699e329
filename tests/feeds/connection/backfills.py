"""A past as a venue has it, the rows that ask for parts of it, and what comes of them."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from feeds.clock import SystemClock
from feeds.connection.past import run_backfill
from feeds.models import Backfill
from feeds.storage import keys, latest
from feeds.storage.latest import LoggedTrade
from feeds.storage.live import LiveStore
from tests.exchange.market import Trade
from tests.exchange.server import Exchange

START: Final = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
PAST: Final = ("binance", "okx", "kraken", "gateio")


def tape(exchange: Exchange, venue: str, count: int) -> list[Trade]:
    """A trade each second from START on."""
    trades: list[Trade] = []
    for number in range(count):
        exchange.clock = lambda at=START + timedelta(seconds=number): at  # type: ignore[misc]
        trades += exchange.trade(venue, "BTC-USDT", Decimal(76000))
    exchange.clock = lambda: datetime.now(UTC)
    return trades


def wish(venue: str, since_s: float, until_s: float, **fields: Any) -> Backfill:
    return Backfill.objects.create(
        venue_id=venue,
        instrument_id="BTC-USDT",
        from_at=START + timedelta(seconds=since_s),
        to_at=START + timedelta(seconds=until_s),
        asked_at=START,
        **fields,
    )


async def fetched(store: LiveStore) -> list[str]:
    """The ids in the log, in its order."""
    entries = await store.read_log_end(10_000)
    trades: list[LoggedTrade] = [latest.decode_trade(fields[keys.TRADE_FIELD]) for _, fields in entries]
    assert all(trade.is_backfill for trade in trades)
    return [trade.trade_id for trade in trades]


async def run(venue: str) -> bool:
    return await run_backfill(venue, "test", threading.Event(), SystemClock())
