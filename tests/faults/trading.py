"""Venues that trade evenly, each at a price of its own: no lull of a random market is taken for a fault."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Final

from feeds.venues import REGISTRY
from tests.exchange import tasks
from tests.exchange.server import Exchange

INSTRUMENT: Final = "BTC-USDT"
CALM: Final = Decimal(76_000)
TRADE_EVERY_S: Final = 0.04


@asynccontextmanager
async def trading(exchange: Exchange, every: float = TRADE_EVERY_S) -> AsyncIterator[dict[str, Decimal]]:
    """The price of each venue, which may be changed. The exchange's own market is to be a still one."""
    prices = dict.fromkeys(REGISTRY, CALM)
    task = tasks.start(_trade(exchange, prices, every))
    try:
        yield prices
    finally:
        await tasks.stop([task])


async def _trade(exchange: Exchange, prices: Mapping[str, Decimal], every: float) -> None:
    while True:
        for code, price in prices.items():
            exchange.trade(code, INSTRUMENT, price)
        await asyncio.sleep(every)
