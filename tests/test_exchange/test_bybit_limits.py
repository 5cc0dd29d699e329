"""Bybit on the replay exchange: topics in a request, idle connections, connections in five minutes, REST."""

from __future__ import annotations

from dataclasses import replace

import aiohttp
import pytest
from websockets.exceptions import InvalidStatus

from tests.clock import ManualClock
from tests.exchange.dialect import Limits
from tests.exchange.dialects.bybit import Bybit
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.test_exchange.client import dial, hear, hear_close, say
from tests.test_exchange.test_bybit import PATH, PRICE


async def test_request_has_at_most_ten_topics(exchange: Exchange) -> None:
    """Eleven are refused, and so is what goes over the length of all topics."""
    async with dial(exchange, PATH) as socket:
        await say(socket, op="subscribe", args=["publicTrade.BTCUSDT"] * 11)
        assert (await hear(socket))["ret_msg"] == "args size >10"
    limits = {"bybit": Limits(topic_characters=30)}
    async with Exchange(market=RandomMarket(rate=0), limits=limits) as strict, dial(strict, PATH) as socket:
        await say(socket, op="subscribe", args=["publicTrade.BTCUSDT", "orderbook.1.BTCUSDT"])
        assert (await hear(socket))["ret_msg"] == "args length >30"


async def test_idle_connection_is_cut() -> None:
    """Neither ping nor data for ten minutes, here a moment, and the line is cut."""
    limits = {"bybit": Limits(idle_after=0.05)}
    async with Exchange(market=RandomMarket(rate=0), limits=limits) as exchange, dial(exchange, PATH) as socket:
        assert await hear_close(socket) == 1006


async def test_too_many_connections_are_forbidden(clock: ManualClock) -> None:
    """One more than the limit within five minutes is a 403, and later there is room again."""
    limits = {"bybit": replace(Bybit.limits, connects=1)}
    async with Exchange(market=RandomMarket(rate=0), limits=limits, clock=clock.now) as exchange:
        async with dial(exchange, PATH):
            with pytest.raises(InvalidStatus) as refusal:
                await dial(exchange, PATH)
        assert refusal.value.response.status_code == 403
        assert [attempt.is_refused for attempt in exchange.attempts] == [False, True]
        await clock.advance(300)
        async with dial(exchange, PATH):
            pass


async def test_rest_reaches_sixty_trades_back(exchange: Exchange) -> None:
    """Newest first, never more than sixty, and `seq` is text here."""
    for _ in range(70):
        exchange.trade("bybit", "BTC-USDT", PRICE)
    url = f"{exchange.url}/bybit/v5/market/recent-trade?category=spot&symbol=BTCUSDT"
    async with aiohttp.ClientSession() as session:
        answers = [await (await session.get(url + limit)).json() for limit in ("", "&limit=1000", "&limit=2")]
    rows = [answer["result"]["list"] for answer in answers]
    assert [len(each) for each in rows] == [60, 60, 2]
    assert [row["execId"] for row in rows[2]] == ["1069", "1068"]
    assert rows[2][0].items() >= {"price": "76000.1", "side": "Buy", "seq": "1069", "isBlockTrade": False}.items()


async def test_rest_tells_time_and_instruments(exchange: Exchange) -> None:
    """Times are text, in seconds and nanoseconds; the outer one is in milliseconds."""
    async with aiohttp.ClientSession(f"{exchange.url}/bybit/v5/market/") as session:
        clock = await (await session.get("time")).json()
        listed = await (await session.get("instruments-info?category=spot")).json()
        missing = await (await session.get("instruments-info?category=spot&symbol=NOPE")).json()
    assert (clock["retCode"], clock["result"]["timeSecond"]) == (0, str(clock["time"] // 1000))
    assert [(row["symbol"], row["status"]) for row in listed["result"]["list"]] == [("BTCUSDT", "Trading")]
    assert missing["result"]["list"] == []


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("category=spot&symbol=NOPE", "Not supported symbols"),
        ("symbol=BTCUSDT", "Illegal category"),
        ("category=spot&symbol=BTCUSDT&limit=x", "Request parameter error."),
    ],
)
async def test_rest_refuses_with_status_200(exchange: Exchange, query: str, text: str) -> None:
    """`retCode` tells the error, not the status."""
    url = f"{exchange.url}/bybit/v5/market/recent-trade?{query}"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        body = await answer.json()
    assert (answer.status, body["retCode"], body["retMsg"]) == (200, 10001, text)
