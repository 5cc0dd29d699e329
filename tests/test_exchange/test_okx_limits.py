"""OKX on the replay exchange: requests an hour, channels, connections a second, REST."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import aiohttp
import pytest
from websockets.exceptions import InvalidStatus

from tests.clock import ManualClock
from tests.exchange.dialect import Limits
from tests.exchange.dialects.okx import Okx
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.test_exchange.client import dial, hear, say
from tests.test_exchange.test_okx import PRICE, PUBLIC, argument, subscribe


async def test_requests_are_counted_by_the_hour(clock: ManualClock) -> None:
    """Subscribing and unsubscribing count, pings do not; an hour later there is room again."""
    limits = {"okx": replace(Okx.limits, requests=2)}
    async with (
        Exchange(market=RandomMarket(rate=0), limits=limits, clock=clock.now) as exchange,
        dial(exchange, PUBLIC) as socket,
    ):
        for op in ("subscribe", "unsubscribe", "subscribe"):
            await say(socket, op=op, args=[argument("trades")])
        assert [(await hear(socket)).get("code") for _ in range(3)] == [None, None, "60014"]
        await clock.advance(3600)
        await subscribe(socket, "trades")


async def test_channels_have_a_total_length() -> None:
    """Sixty-four kilobytes, here a few characters."""
    limits = {"okx": Limits(topic_characters=20)}
    async with Exchange(market=RandomMarket(rate=0), limits=limits) as exchange, dial(exchange, PUBLIC) as socket:
        await say(socket, op="subscribe", args=[argument("trades"), argument("tickers")])
        assert [(await hear(socket)).get("code") for _ in range(2)] == [None, "60013"]


async def test_fourth_connection_within_a_second_is_refused(clock: ManualClock) -> None:
    """Three are let in, the fourth gets a 429, and a second later there is room again."""
    async with Exchange(market=RandomMarket(rate=0), clock=clock.now) as exchange:
        for _ in range(3):
            await (await dial(exchange, PUBLIC)).close()
        with pytest.raises(InvalidStatus) as refusal:
            await dial(exchange, PUBLIC)
        assert refusal.value.response.status_code == 429
        await clock.advance(1)
        await (await dial(exchange, PUBLIC)).close()


async def test_rest_pages_backwards_by_id(exchange: Exchange) -> None:
    """Newest first; `after` is older than; `before` alone gives the newest page, not the next one."""
    for _ in range(5):
        exchange.trade("okx", "BTC-USDT", PRICE)
    base = f"{exchange.url}/okx/api/v5/market"
    async with aiohttp.ClientSession() as session:

        async def ids(call: str) -> list[str]:
            answer = await (await session.get(f"{base}/{call}")).json()
            assert answer["code"] == "0"
            return [row["tradeId"] for row in answer["data"]]

        assert await ids("trades?instId=BTC-USDT&limit=2") == ["1004", "1003"]
        assert await ids("history-trades?instId=BTC-USDT&after=1003&limit=2") == ["1002", "1001"]
        assert await ids("history-trades?instId=BTC-USDT&before=1000&limit=2") == ["1004", "1003"]
        assert await ids("history-trades?instId=BTC-USDT&before=1000&after=1003") == ["1002", "1001"]


async def test_rest_has_one_row_for_each_trade(exchange: Exchange) -> None:
    """The socket groups an order, REST does not."""
    exchange.trade("okx", "BTC-USDT", PRICE, [Decimal(1), Decimal(2)], "sell")
    url = f"{exchange.url}/okx/api/v5/market/trades?instId=BTC-USDT"
    async with aiohttp.ClientSession() as session:
        rows = (await (await session.get(url)).json())["data"]
    assert [list(row) for row in rows] == [["instId", "side", "sz", "px", "tradeId", "ts"]] * 2
    assert [(row["tradeId"], row["sz"], row["side"]) for row in rows] == [("1001", "2", "sell"), ("1000", "1", "sell")]


async def test_rest_tells_time_and_instruments(exchange: Exchange) -> None:
    """Milliseconds as text; a listed instrument is `live`."""
    async with aiohttp.ClientSession(f"{exchange.url}/okx/api/v5/public/") as session:
        clock = await (await session.get("time")).json()
        listed = await (await session.get("instruments?instType=SPOT")).json()
    assert int(clock["data"][0]["ts"]) > 1_700_000_000_000
    assert [(row["instId"], row["state"]) for row in listed["data"]] == [("BTC-USDT", "live")]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [("instId=NO-SUCH", 200, "51001"), ("", 400, "50014"), ("instId=BTC-USDT&limit=x", 400, "51000")],
)
async def test_rest_refuses_with_a_code(exchange: Exchange, query: str, status: int, code: str) -> None:
    """A good answer has the code "0", as text."""
    url = f"{exchange.url}/okx/api/v5/market/trades?{query}"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert (answer.status, (await answer.json())["code"]) == (status, code)
