"""Gate's REST on the replay exchange: trades by id, by time and by page, errors."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from tests.clock import ManualClock
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange

PRICE = Decimal("76000.10")
TRADES = "trades?currency_pair=BTC_USDT"


async def ask(exchange: Exchange, call: str, status: int = 200) -> Any:
    async with aiohttp.ClientSession() as session, session.get(f"{exchange.url}/gateio/api/v4/spot/{call}") as answer:
        assert answer.status == status
        return await answer.json()


async def ids(exchange: Exchange, query: str) -> list[str]:
    return [row["id"] for row in await ask(exchange, TRADES + query)]


async def test_rows_are_text(exchange: Exchange) -> None:
    """The id of the market is called `sequence_id`."""
    (trade,) = exchange.trade("gateio", "BTC-USDT", PRICE, [Decimal("0.150")], "sell")
    stamp = round(trade.traded_at.timestamp() * 1000)
    (row,) = await ask(exchange, TRADES)
    assert row == {
        "id": "1000",
        "create_time": str(stamp // 1000),
        "create_time_ms": f"{stamp}.000000",
        "side": "sell",
        "amount": "0.15",
        "price": "76000.1",
        "sequence_id": "1000",
    }


async def test_trades_are_found_by_id(exchange: Exchange) -> None:
    """The next newer ones, or with `reverse` the next older ones; the newest first."""
    for _ in range(6):
        exchange.trade("gateio", "BTC-USDT", PRICE)
    assert await ids(exchange, "&limit=2") == ["1005", "1004"]
    assert await ids(exchange, "&last_id=1001&limit=2") == ["1003", "1002"]
    assert await ids(exchange, "&last_id=1004&limit=2&reverse=true") == ["1003", "1002"]
    assert await ids(exchange, "&last_id=1005") == []


async def test_trades_are_found_by_time(clock: ManualClock) -> None:
    """`from` and `to` are seconds; pages go back from the newest."""
    async with Exchange(market=RandomMarket(rate=0, first_id=1000), clock=clock.now) as exchange:
        started_at = int(clock.now().timestamp())
        for _ in range(6):
            exchange.trade("gateio", "BTC-USDT", PRICE)
            await clock.advance(1)
        span = f"&from={started_at + 1}&to={started_at + 3}"
        assert await ids(exchange, span) == ["1003", "1002", "1001"]
        assert await ids(exchange, f"{span}&limit=2&page=2") == ["1001"]
        assert await ids(exchange, f"&from={started_at + 4}") == ["1005", "1004"]


async def test_rest_tells_time_and_pairs(exchange: Exchange) -> None:
    """Milliseconds; a listed pair is `tradable`."""
    assert (await ask(exchange, "time"))["server_time"] > 1_700_000_000_000
    assert [(row["id"], row["trade_status"]) for row in await ask(exchange, "currency_pairs")] == [
        ("BTC_USDT", "tradable")
    ]


@pytest.mark.parametrize(
    ("call", "status", "label"),
    [
        ("trades?currency_pair=NOPE_XXX", 400, "INVALID_CURRENCY_PAIR"),
        ("trades", 400, "MISSING_REQUIRED_PARAM"),
        (f"{TRADES}&limit=1001", 400, "INVALID_PARAM_VALUE"),
        (f"{TRADES}&limit=x", 400, "INVALID_PARAM_VALUE"),
        (f"{TRADES}&limit=1000&page=102", 400, "INVALID_PARAM_VALUE"),
        ("weather", 404, "NOT_FOUND"),
    ],
)
async def test_errors_have_a_label(exchange: Exchange, call: str, status: int, label: str) -> None:
    """And a status of their own."""
    assert (await ask(exchange, call, status))["label"] == label
