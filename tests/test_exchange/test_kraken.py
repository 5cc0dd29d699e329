"""Kraken V2 on the replay exchange: channels, numbers, heartbeats, acknowledgements, errors."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.test_exchange.client import dial, hear, say

PATH = "/kraken/v2"
PRICE = Decimal("76000.10")


async def subscribe(socket: ClientConnection, channel: str, **params: object) -> Any:
    """The acknowledgement, after the status that every connection begins with."""
    assert (await hear(socket))["channel"] == "status"
    await say(socket, method="subscribe", params={"channel": channel, "symbol": ["BTC/USDT"], **params})
    answer = await hear(socket)
    assert answer["success"] is True
    return answer


async def test_connection_begins_with_a_status(exchange: Exchange) -> None:
    """Unasked, before anything else."""
    async with dial(exchange, PATH) as socket:
        message = await hear(socket)
    (row,) = message["data"]
    assert list(message) == ["channel", "type", "data"]
    assert list(row) == ["version", "system", "api_version", "connection_id"]
    assert (row["system"], row["api_version"]) == ("online", "v2")


async def test_each_symbol_is_acknowledged() -> None:
    """One answer for each, its keys in alphabetical order, with `req_id` only if it was asked with one."""
    market = RandomMarket(rate=0, instruments=["BTC-USDT", "ETH-USDT"])
    async with Exchange(market=market) as exchange, dial(exchange, PATH) as socket:
        await hear(socket)
        params = {"channel": "trade", "symbol": ["BTC/USDT", "ETH/USDT"]}
        await say(socket, method="subscribe", params=params, req_id=7)
        answers = [await hear(socket) for _ in range(2)]
        assert exchange.connections[-1].topics == ["trade:BTC/USDT", "trade:ETH/USDT"]
    assert [answer["result"]["symbol"] for answer in answers] == ["BTC/USDT", "ETH/USDT"]
    assert list(answers[0]) == ["method", "req_id", "result", "success", "time_in", "time_out"]
    assert list(answers[0]["result"]) == ["channel", "snapshot", "symbol"]


async def test_trades_are_numbers_with_all_their_digits(exchange: Exchange) -> None:
    """Zeros at the end stay; the rows of one order rise; times have microseconds."""
    async with dial(exchange, PATH) as socket:
        await subscribe(socket, "trade")
        (first, _) = exchange.trade("kraken", "BTC-USDT", PRICE, [Decimal("0.0173111"), Decimal(2)], "sell")
        text = str(await socket.recv())
    stamp = f"{first.traded_at:%Y-%m-%dT%H:%M:%S.%f}Z"
    assert text == (
        '{"channel":"trade","type":"update","data":['
        '{"symbol":"BTC/USDT","side":"sell","price":76000.10,"qty":0.01731110,"ord_type":"market",'
        f'"trade_id":1000,"timestamp":"{stamp}"}},'
        '{"symbol":"BTC/USDT","side":"sell","price":76000.10,"qty":2.00000000,"ord_type":"market",'
        f'"trade_id":1001,"timestamp":"{stamp}"}}]}}'
    )


async def test_trade_snapshot_comes_only_if_asked_for(exchange: Exchange) -> None:
    """Then it has the last fifty trades."""
    for _ in range(60):
        exchange.trade("kraken", "BTC-USDT", PRICE)
    async with dial(exchange, PATH) as socket:
        await subscribe(socket, "trade", snapshot=True)
        message = await hear(socket)
    assert message["type"] == "snapshot"
    assert [row["trade_id"] for row in message["data"]] == list(range(1010, 1060))
    async with dial(exchange, PATH) as socket:
        assert (await subscribe(socket, "trade"))["result"]["snapshot"] is False
        exchange.trade("kraken", "BTC-USDT", PRICE)
        assert (await hear(socket))["type"] == "update"


async def test_ticker_follows_the_best_prices_if_told_to() -> None:
    """With `bbo` each frame has another bid or ask than the one before."""
    async with Exchange(market=RandomMarket(rate=200)) as exchange, dial(exchange, PATH) as socket:
        answer = await subscribe(socket, "ticker", event_trigger="bbo", snapshot=False)
        rows = [(await hear(socket))["data"][0] for _ in range(10)]
    assert answer["result"] == {"channel": "ticker", "event_trigger": "bbo", "snapshot": False, "symbol": "BTC/USDT"}
    assert list(rows[0])[:6] == ["symbol", "bid", "bid_qty", "ask", "ask_qty", "last"]
    assert list(rows[0])[6:] == ["volume", "vwap", "low", "high", "change", "change_pct", "trades", "timestamp"]
    best = [(row["bid"], row["ask"]) for row in rows]
    assert all(bid < ask for bid, ask in best)
    assert all(one != other for one, other in zip(best, best[1:], strict=False))


async def test_ticker_follows_trades_otherwise() -> None:
    """A ticker begins with a snapshot and moves with each order."""
    async with Exchange(market=RandomMarket(rate=0)) as exchange, dial(exchange, PATH) as socket:
        tape = exchange.market.tape("kraken", "BTC/USDT")
        assert tape
        tape.move(exchange.clock())
        await subscribe(socket, "ticker")
        assert (await hear(socket))["type"] == "snapshot"
        exchange.trade("kraken", "BTC-USDT", Decimal("80000"))
        message = await hear(socket)
    assert (message["type"], message["data"][0]["last"]) == ("update", 80000)


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"channel": "trade", "symbol": ["BOGUS/NOPE"]}, "Currency pair not supported BOGUS/NOPE"),
        ({"channel": "trade", "symbol": ["XBT/USDT"]}, "Currency pair not supported XBT/USDT"),
        ({"channel": "weather", "symbol": ["BTC/USDT"]}, "Channel invalid"),
    ],
)
async def test_bad_symbol_is_refused_on_its_own(exchange: Exchange, params: dict[str, object], text: str) -> None:
    """The refusal names the symbol; XBT is a stranger on V2."""
    async with dial(exchange, PATH) as socket:
        await hear(socket)
        await say(socket, method="subscribe", params=params, req_id=7)
        message = await hear(socket)
    assert list(message) == ["error", "method", "req_id", "success", "symbol", "time_in", "time_out"]
    assert (message["error"], message["success"]) == (text, False)


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        ("not json", "Malformed request"),
        ('{"method":"sing"}', "Unsupported event"),
        ('{"method":"unsubscribe","params":{"channel":"trade","symbol":["BTC/USDT"]}}', "Subscription Not Found"),
    ],
)
async def test_nonsense_is_refused(exchange: Exchange, frame: str, text: str) -> None:
    """The connection stays open."""
    async with dial(exchange, PATH) as socket:
        await hear(socket)
        await socket.send(frame)
        assert (await hear(socket))["error"] == text
        assert exchange.connections[-1].is_open


async def test_symbol_is_subscribed_once(exchange: Exchange) -> None:
    """The second time is a harmless error; unsubscribing ends it."""
    params = {"channel": "trade", "symbol": ["BTC/USDT"]}
    async with dial(exchange, PATH) as socket:
        await subscribe(socket, "trade")
        await say(socket, method="subscribe", params=params)
        assert (await hear(socket))["error"] == "Already subscribed"
        await say(socket, method="unsubscribe", params=params)
        assert (await hear(socket))["success"] is True
        assert exchange.connections[-1].topics == []
