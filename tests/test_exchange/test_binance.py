"""Binance on the replay exchange: streams, acknowledgements, errors, REST."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import aiohttp
import pytest

from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.test_exchange.client import dial, hear, say, wait_until

PRICE = Decimal("76000.10")


async def test_stream_in_the_url_is_bare_and_live_at_once(exchange: Exchange) -> None:
    """A raw stream has no acknowledgement and no wrapping."""
    async with dial(exchange, "/binance/ws/btcusdt@trade") as socket:
        (trade,) = exchange.trade("binance", "BTC-USDT", PRICE, [Decimal("0.00065")], "sell")
        message = await hear(socket)
    stamp = round(trade.traded_at.timestamp() * 1000)
    assert message.pop("E") >= stamp
    expected = {"e": "trade", "s": "BTCUSDT", "t": 1000, "p": "76000.10000000", "q": "0.00065000"}
    assert message == {**expected, "T": stamp, "m": True, "M": True}


async def test_combined_streams_are_wrapped(exchange: Exchange) -> None:
    """`/stream?streams=` names the stream of each payload."""
    async with dial(exchange, "/binance/stream?streams=btcusdt@trade/btcusdt@aggTrade") as socket:
        exchange.trade("binance", "BTC-USDT", PRICE)
        streams = [(await hear(socket))["stream"] for _ in range(2)]
    assert streams == ["btcusdt@trade", "btcusdt@aggTrade"]


async def test_subscription_is_acknowledged_and_then_delivers(exchange: Exchange) -> None:
    """SUBSCRIBE, LIST_SUBSCRIPTIONS and UNSUBSCRIBE do what the documentation says."""
    async with dial(exchange, "/binance/ws") as socket:
        await say(socket, method="SUBSCRIBE", params=["btcusdt@trade", "nosuch@trade"], id=1)
        assert await hear(socket) == {"result": None, "id": 1}
        exchange.trade("binance", "BTC-USDT", PRICE)
        assert (await hear(socket))["t"] == 1000
        await say(socket, method="LIST_SUBSCRIPTIONS", id="x")
        assert await hear(socket) == {"result": ["btcusdt@trade", "nosuch@trade"], "id": "x"}
        await say(socket, method="UNSUBSCRIBE", params=["btcusdt@trade"], id=3)
        assert await hear(socket) == {"result": None, "id": 3}
        assert exchange.connections[-1].topics == ["nosuch@trade"]


async def test_aggregate_trade_sums_one_order(exchange: Exchange) -> None:
    """An aggTrade names the first and the last trade of the taker's order."""
    async with dial(exchange, "/binance/ws/btcusdt@aggTrade") as socket:
        exchange.trade("binance", "BTC-USDT", PRICE, [Decimal("0.1"), Decimal("0.2")])
        message = await hear(socket)
    assert (message["f"], message["l"], message["q"]) == (1000, 1001, "0.30000000")
    assert [sent.trade_id for sent in exchange.ledger] == ["1000", "1001"]


async def test_book_ticker_has_neither_event_name_nor_time() -> None:
    """Quotes come in Binance's shortest form."""
    async with (
        Exchange(market=RandomMarket(rate=200)) as exchange,
        dial(exchange, "/binance/ws/btcusdt@bookTicker") as socket,
    ):
        message = await hear(socket)
    assert list(message) == ["u", "s", "b", "B", "a", "A"]
    assert Decimal(message["b"]) < Decimal(message["a"])


async def test_times_are_microseconds_on_request(exchange: Exchange) -> None:
    """`timeUnit=MICROSECOND` turns every time of the connection."""
    async with dial(exchange, "/binance/ws/btcusdt@trade?timeUnit=MICROSECOND") as socket:
        (trade,) = exchange.trade("binance", "BTC-USDT", PRICE)
        assert (await hear(socket))["T"] == round(trade.traded_at.timestamp() * 1_000_000)


@pytest.mark.parametrize(
    ("frame", "code", "text"),
    [
        ('{"method":"SING","params":[],"id":1}', 2, "Invalid request: unknown variant `SING`"),
        ('{"params":[]}', 2, "Invalid request"),
        ("not json", 3, "Invalid JSON"),
        ('{"method":"GET_PROPERTY","params":["colour"],"id":1}', 0, "Unknown property"),
        ('{"method":"SET_PROPERTY","params":["combined","yes"],"id":1}', 1, "Invalid value type"),
    ],
)
async def test_errors_have_a_code_and_a_message(exchange: Exchange, frame: str, code: int, text: str) -> None:
    """The error frames are the documented ones, without an `error` key."""
    async with dial(exchange, "/binance/ws") as socket:
        await socket.send(frame)
        message = await hear(socket)
    assert message["code"] == code
    assert message["msg"].startswith(text)


async def test_rest_serves_trades_nobody_heard(exchange: Exchange) -> None:
    """REST has every trade, oldest first, and `fromId` starts at that trade."""
    for _ in range(3):
        exchange.trade("binance", "BTC-USDT", PRICE)
    assert len(exchange.ledger) == 0
    base = f"{exchange.url}/binance/api/v3"
    async with aiohttp.ClientSession() as session:
        recent = await (await session.get(f"{base}/trades?symbol=BTCUSDT&limit=2")).json()
        older = await (await session.get(f"{base}/historicalTrades?symbol=BTCUSDT&fromId=1000&limit=2")).json()
        clock = await (await session.get(f"{base}/time")).json()
        info = await (await session.get(f"{base}/exchangeInfo")).json()
    assert [row["id"] for row in recent] == [1001, 1002]
    assert [row["id"] for row in older] == [1000, 1001]
    assert older[0]["price"] == "76000.10000000"
    assert clock["serverTime"] > 1_700_000_000_000
    assert [(row["symbol"], row["status"]) for row in info["symbols"]] == [("BTCUSDT", "TRADING")]


@pytest.mark.parametrize(("query", "code"), [("symbol=NOPE", -1121), ("", -1102), ("symbol=BTCUSDT&limit=x", -1100)])
async def test_rest_refuses_in_binance_words(exchange: Exchange, query: str, code: int) -> None:
    """A bad request is a 400 with Binance's own code."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{exchange.url}/binance/api/v3/trades?{query}") as answer,
    ):
        assert (answer.status, (await answer.json())["code"]) == (400, code)


async def test_two_connections_hear_the_same_trade(exchange: Exchange) -> None:
    """The ledger has one entry for each connection a trade went to."""
    async with (
        dial(exchange, "/binance/ws/btcusdt@trade") as one,
        dial(exchange, "/binance/ws/btcusdt@trade") as two,
    ):
        exchange.trade("binance", "BTC-USDT", PRICE)
        assert await hear(one) == await hear(two)
    assert sorted((sent.trade_id, sent.connection) for sent in exchange.ledger) == [("1000", 1), ("1000", 2)]


async def test_client_that_leaves_politely_is_answered(exchange: Exchange) -> None:
    """The record of a connection has the code the client closed with."""
    async with dial(exchange, "/binance/ws") as socket:
        async with asyncio.timeout(1):
            await socket.close(code=3001)
        assert socket.close_code == 3001
    await wait_until(lambda: exchange.connections[-1].close_code == 3001)
