"""Bybit on the replay exchange: topics, acknowledgements, errors, limits, REST."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from websockets.asyncio.client import ClientConnection

from tests.clock import ManualClock
from tests.exchange.dialects.bybit import Bybit
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.test_exchange.client import dial, hear, say

PATH = "/bybit/v5/public/spot"
PRICE = Decimal("76000.10")


async def subscribe(socket: ClientConnection, *topics: str) -> object:
    await say(socket, op="subscribe", args=list(topics))
    return await hear(socket)


async def test_acknowledgement_has_no_topic(exchange: Exchange) -> None:
    """One answer for the whole request; `req_id` is in it only if it was in the question."""
    async with dial(exchange, PATH) as socket:
        await say(socket, op="subscribe", args=["publicTrade.BTCUSDT", "orderbook.1.BTCUSDT"], req_id="7")
        named = await hear(socket)
        await say(socket, op="unsubscribe", args=["orderbook.1.BTCUSDT"])
        unnamed = await hear(socket)
    assert list(named) == ["success", "ret_msg", "conn_id", "req_id", "op"]
    assert (named["success"], named["ret_msg"], named["req_id"]) == (True, "subscribe", "7")
    assert list(unnamed) == ["success", "ret_msg", "conn_id", "op"]
    assert exchange.connections[-1].topics == ["publicTrade.BTCUSDT"]


async def test_trades_of_one_order_share_a_frame_oldest_first(exchange: Exchange) -> None:
    """Text prices, a capital side, an id for each trade, and `snapshot` on live data."""
    async with dial(exchange, PATH) as socket:
        await subscribe(socket, "publicTrade.BTCUSDT")
        (first, _) = exchange.trade("bybit", "BTC-USDT", PRICE, [Decimal("0.00270"), Decimal(2)], "sell")
        message = await hear(socket)
    assert (list(message), message["type"]) == (["topic", "ts", "type", "data"], "snapshot")
    assert message["data"][0] == {
        "i": "1000",
        "T": round(first.traded_at.timestamp() * 1000),
        "p": "76000.1",
        "v": "0.0027",
        "S": "Sell",
        "seq": 1000,
        "s": "BTCUSDT",
        "BT": False,
        "RPI": False,
    }
    assert [(row["i"], row["v"]) for row in message["data"]] == [("1000", "0.0027"), ("1001", "2")]


async def test_best_prices_are_a_book_of_one_level() -> None:
    """`orderbook.1` is always a snapshot; `tickers` would have no bid or ask."""
    async with Exchange(market=RandomMarket(rate=200)) as exchange, dial(exchange, PATH) as socket:
        await subscribe(socket, "orderbook.1.BTCUSDT")
        message = await hear(socket)
    assert list(message) == ["topic", "ts", "type", "data", "cts"]
    assert list(message["data"]) == ["s", "b", "a", "u", "seq"]
    ((bid, _),), ((ask, _),) = message["data"]["b"], message["data"]["a"]
    assert Decimal(bid) < Decimal(ask)


async def test_still_book_is_repeated_under_its_number(clock: ManualClock) -> None:
    """After three seconds without a change the same `u` comes again: it is no sign of trade."""
    limits = {"bybit": replace(Bybit.limits, beat_every=0.01)}
    async with (
        Exchange(market=RandomMarket(rate=0), limits=limits, clock=clock.now) as exchange,
        dial(exchange, PATH) as socket,
    ):
        await subscribe(socket, "orderbook.1.BTCUSDT")
        tape = exchange.market.tape("bybit", "BTCUSDT")
        assert tape
        (connection,) = exchange.open_connections
        connection.do(connection.talk.show_quote(tape.move(clock.now()).quote, clock.now()))
        first = await hear(socket)
        await clock.advance(3)
        second = await hear(socket)
    assert second["data"] == first["data"]
    assert second["ts"] == first["ts"] + 3000


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("publicTrade.NOSUCH", "Invalid symbol :[publicTrade.NOSUCH]"),
        ("weather.BTCUSDT", "error:handler not found,topic:weather.BTCUSDT"),
        ("publicTrade", "error:handler not found,topic:publicTrade"),
    ],
)
async def test_bad_topic_refuses_the_whole_request(exchange: Exchange, topic: str, text: str) -> None:
    """`success` is false, and the good topic beside the bad one is not subscribed either."""
    async with dial(exchange, PATH) as socket:
        await say(socket, op="subscribe", args=["publicTrade.BTCUSDT", topic])
        refusal = await hear(socket)
        assert exchange.connections[-1].topics == []
    assert (refusal["success"], refusal["ret_msg"], refusal["op"]) == (False, text, "subscribe")


async def test_topic_is_subscribed_once(exchange: Exchange) -> None:
    """The second time is an error."""
    async with dial(exchange, PATH) as socket:
        await say(socket, op="subscribe", args=["publicTrade.BTCUSDT"])
        await say(socket, op="subscribe", args=["publicTrade.BTCUSDT"])
        _, refusal = await hear(socket), await hear(socket)
    assert refusal["ret_msg"] == "error:already subscribed,topic:publicTrade.BTCUSDT"


@pytest.mark.parametrize("frame", ["not json", '{"op":"sing"}', '{"op":"subscribe","args":7}'])
async def test_nonsense_is_refused(exchange: Exchange, frame: str) -> None:
    """The connection stays open."""
    async with dial(exchange, PATH) as socket:
        await socket.send(frame)
        assert (await hear(socket))["success"] is False
        assert exchange.connections[-1].is_open


async def test_answer_to_a_ping_is_called_ping(exchange: Exchange) -> None:
    """`op` is `ping`; the word pong is in `ret_msg`."""
    async with dial(exchange, PATH) as socket:
        await say(socket, op="ping", req_id="p1")
        answer = await hear(socket)
    assert (answer["op"], answer["ret_msg"], answer["req_id"]) == ("ping", "pong", "p1")
