"""Kraken's REST on the replay exchange: trades by time, pairs under their old names, errors."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from tests.clock import ManualClock
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange

PRICE = Decimal("76000.10")


async def ask(exchange: Exchange, call: str) -> Any:
    async with aiohttp.ClientSession() as session, session.get(f"{exchange.url}/kraken/0/public/{call}") as answer:
        assert answer.status == 200
        return await answer.json()


async def test_rows_are_lists_under_the_name_of_the_pair(exchange: Exchange) -> None:
    """The oldest first, text prices, decimal seconds, the side as one letter, the id last."""
    (trade,) = exchange.trade("kraken", "BTC-USDT", PRICE, [Decimal("0.00027625")], "sell")
    answer = await ask(exchange, "Trades?pair=XBTUSDT")
    (row,) = answer["result"]["XBTUSDT"]
    assert answer["error"] == []
    assert row == ["76000.10000", "0.00027625", trade.traded_at.timestamp(), "s", "m", "", 1000]
    assert answer["result"]["last"] == str(round(trade.traded_at.timestamp() * 1000) * 1_000_000)


async def test_since_is_a_time_and_pages_with_last(clock: ManualClock) -> None:
    """The trade at that nanosecond is left out."""
    async with Exchange(market=RandomMarket(rate=0, first_id=1000), clock=clock.now) as exchange:
        for _ in range(4):
            exchange.trade("kraken", "BTC-USDT", PRICE)
            await clock.advance(1)
        first = (await ask(exchange, "Trades?pair=XBTUSDT&since=0&count=2"))["result"]
        second = (await ask(exchange, f"Trades?pair=XBTUSDT&since={first['last']}"))["result"]
        third = (await ask(exchange, f"Trades?pair=XBTUSDT&since={second['last']}"))["result"]
    assert [row[-1] for row in first["XBTUSDT"]] == [1000, 1001]
    assert [row[-1] for row in second["XBTUSDT"]] == [1002, 1003]
    assert third == {"XBTUSDT": [], "last": second["last"]}


async def test_trades_without_a_time_are_the_newest(exchange: Exchange) -> None:
    """Still the oldest of them first."""
    for _ in range(5):
        exchange.trade("kraken", "BTC-USDT", PRICE)
    answer = await ask(exchange, "Trades?pair=XBTUSDT&count=2")
    assert [row[-1] for row in answer["result"]["XBTUSDT"]] == [1003, 1004]


async def test_pairs_have_their_old_names() -> None:
    """Two old assets have the long name, where the short one finds it too."""
    market = RandomMarket(rate=0, instruments=["BTC-USD", "BTC-USDT"])
    async with Exchange(market=market) as exchange:
        pairs = (await ask(exchange, "AssetPairs"))["result"]
        found = (await ask(exchange, "Trades?pair=XBTUSD"))["result"]
    assert [(key, pair["altname"], pair["wsname"], pair["status"]) for key, pair in pairs.items()] == [
        ("XXBTZUSD", "XBTUSD", "XBT/USD", "online"),
        ("XBTUSDT", "XBTUSDT", "XBT/USDT", "online"),
    ]
    assert list(found) == ["XXBTZUSD", "last"]


async def test_time_has_whole_seconds(clock: ManualClock) -> None:
    """And a date in words."""
    async with Exchange(market=RandomMarket(rate=0), clock=clock.now) as exchange:
        times = (await ask(exchange, "Time"))["result"]
        status = (await ask(exchange, "SystemStatus"))["result"]
    assert times == {"unixtime": int(clock.now().timestamp()), "rfc1123": "Fri, 20 Nov 26 12:00:00 +0000"}
    assert status["status"] == "online"


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("Trades?pair=NOPE", "EQuery:Unknown asset pair"),
        ("AssetPairs?pair=NOPE", "EQuery:Unknown asset pair"),
        ("Trades", "EGeneral:Invalid arguments"),
        ("Trades?pair=XBTUSDT&since=x", "EGeneral:Invalid arguments"),
        ("Weather", "EGeneral:Unknown method"),
    ],
)
async def test_errors_come_with_status_200(exchange: Exchange, call: str, text: str) -> None:
    """The list of errors is what tells them."""
    assert await ask(exchange, call) == {"error": [text]}
