"""KuCoin on the replay exchange: tokens, the welcome, topics, acknowledgements, errors, REST."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import aiohttp
import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.clock import ManualClock
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.test_exchange.client import dial, hear, hear_close, say
from tests.test_exchange.venues import find_path, greeted

PRICE = Decimal("76000.10")
EXPIRED = {"type": "error", "code": 401, "data": "token is expired"}


async def subscribe(socket: ClientConnection, topic: str) -> None:
    await say(socket, id=1, type="subscribe", topic=topic, response=True)
    assert await hear(socket) == {"id": "1", "type": "ack"}


async def test_token_answer_says_where_to_go_and_how_often_to_ping(exchange: Exchange) -> None:
    """The endpoint is this exchange's own; a POST is needed."""
    async with aiohttp.ClientSession(exchange.url) as session:
        answer = await (await session.post("/kucoin/api/v1/bullet-public")).json()
        (server,) = answer["data"]["instanceServers"]
        assert (await session.get("/kucoin/api/v1/bullet-public")).status == 404
    assert (answer["code"], server["pingInterval"], server["pingTimeout"]) == ("200000", 18000, 10000)
    async with connect(f"{server['endpoint']}?token={answer['data']['token']}&connectId=mine") as socket:
        assert await hear(socket) == {"id": "mine", "type": "welcome"}


async def test_token_opens_one_connection(exchange: Exchange) -> None:
    """The second one is told that it is expired, and cut."""
    path = await find_path(exchange, "kucoin")
    async with dial(exchange, path) as socket:
        assert (await hear(socket))["type"] == "welcome"
        await assert_refused(exchange, path)
        assert exchange.connections[0].is_open


@pytest.mark.parametrize("query", ["", "?token=invented"])
async def test_unknown_token_opens_nothing(exchange: Exchange, query: str) -> None:
    """The handshake succeeds; the refusal is a frame."""
    await assert_refused(exchange, f"/kucoin/{query}")


async def assert_refused(exchange: Exchange, path: str) -> None:
    async with dial(exchange, path) as socket:
        message = await hear(socket)
        assert message.items() >= EXPIRED.items()
        assert await hear_close(socket) == 1006


async def test_token_expires_after_a_day(clock: ManualClock) -> None:
    """An open connection outlives its token."""
    async with Exchange(market=RandomMarket(rate=0), clock=clock.now) as exchange:
        path = await find_path(exchange, "kucoin")
        await clock.advance(24 * 3600)
        await assert_refused(exchange, path)


async def test_faults_make_tokens_bad(exchange: Exchange) -> None:
    """`expire_tokens` voids those that were given out, `refuse_token` all, until it is cleared."""
    path = await find_path(exchange, "kucoin")
    exchange.faults.set("kucoin", "expire_tokens")
    await assert_refused(exchange, path)
    path = await find_path(exchange, "kucoin")
    exchange.faults.set("kucoin", "refuse_token")
    await assert_refused(exchange, path)
    exchange.faults.clear("kucoin")
    async with dial(exchange, path) as socket:
        assert (await hear(socket))["type"] == "welcome"


async def test_each_trade_has_a_frame(exchange: Exchange) -> None:
    """Text throughout; the time is in nanoseconds."""
    async with greeted(exchange, "kucoin") as socket:
        await subscribe(socket, "/market/match:BTC-USDT,ETH-USDT")
        (first, _) = exchange.trade("kucoin", "BTC-USDT", PRICE, [Decimal("0.0490"), Decimal(2)], "sell")
        messages = [await hear(socket) for _ in range(2)]
    assert list(messages[0]) == ["topic", "type", "subject", "data"]
    assert (messages[0]["topic"], messages[0]["subject"]) == ("/market/match:BTC-USDT", "trade.l3match")
    data = messages[0]["data"]
    assert list(data)[:5] == ["makerOrderId", "price", "sequence", "side", "size"]
    assert list(data)[5:] == ["symbol", "takerOrderId", "time", "tradeId", "type"]
    assert (data["price"], data["size"], data["side"]) == ("76000.1", "0.049", "sell")
    assert data["time"] == f"{round(first.traded_at.timestamp() * 1000)}000000"
    assert [message["data"]["tradeId"] for message in messages] == ["1000", "1001"]


@pytest.mark.parametrize(
    ("topic", "keys"),
    [
        ("/spotMarket/level1:BTC-USDT", ["asks", "bids", "timestamp"]),
        (
            "/market/ticker:BTC-USDT",
            ["bestAsk", "bestAskSize", "bestBid", "bestBidSize", "price", "sequence", "size", "time"],
        ),
    ],
)
async def test_best_prices_have_two_channels(topic: str, keys: list[str]) -> None:
    """Both in milliseconds, as a number."""
    async with Exchange(market=RandomMarket(rate=200)) as exchange, greeted(exchange, "kucoin") as socket:
        await subscribe(socket, topic)
        message = await hear(socket)
    data: dict[str, Any] = message["data"]
    assert (message["topic"], list(data)) == (topic, keys)
    assert isinstance(data.get("time", data.get("timestamp")), int)


async def test_answer_comes_only_if_asked_for(exchange: Exchange) -> None:
    """Without `response` a subscription is silent; a ping is always answered, in microseconds."""
    async with greeted(exchange, "kucoin") as socket:
        await say(socket, id="s", type="subscribe", topic="/market/match:BTC-USDT")
        await say(socket, id="p", type="ping")
        pong = await hear(socket)
        assert exchange.connections[-1].topics == ["/market/match:BTC-USDT"]
        await say(socket, id="u", type="unsubscribe", topic="/market/match:BTC-USDT", response=True)
        assert await hear(socket) == {"id": "u", "type": "ack"}
        assert exchange.connections[-1].topics == []
    assert (pong["id"], pong["type"]) == ("p", "pong")
    assert pong["timestamp"] > 1_700_000_000_000_000


async def test_unknown_symbol_is_acknowledged_and_silent(exchange: Exchange) -> None:
    """Only data tells whether a subscription is worth anything."""
    async with greeted(exchange, "kucoin") as socket:
        await subscribe(socket, "/market/match:NO-SUCH")


@pytest.mark.parametrize(
    ("message", "code", "text"),
    [
        ({"type": "subscribe", "topic": "/market/weather:BTC-USDT"}, 404, "topic does not exist"),
        ({"type": "subscribe", "topic": "/market/match:BTCUSDT"}, 404, "topic /market/match:BTCUSDT is not found"),
        ({"type": "subscribe", "topic": "/market/match: BTC-USDT"}, 400, "topic /market/match: BTC-USDT is invalid"),
        ({"type": "subscribe"}, 406, "topic is required"),
        ({"type": "sing"}, 415, "command type is invalid"),
        ({"topic": 7}, 415, "command type is invalid"),
    ],
)
async def test_errors_have_a_code(exchange: Exchange, message: dict[str, object], code: int, text: str) -> None:
    """They come even if no answer was asked for."""
    async with greeted(exchange, "kucoin") as socket:
        await say(socket, id="7", **message)
        answer = await hear(socket)
        assert exchange.connections[-1].is_open
    assert list(answer) == ["id", "type", "code", "data"]
    assert (answer["type"], answer["code"], answer["data"]) == ("error", code, text)
