"""OKX on the replay exchange: channels, acknowledgements, errors, heartbeat, limits, REST."""

from __future__ import annotations

from decimal import Decimal

import pytest
from websockets.asyncio.client import ClientConnection

from tests.exchange.dialect import Limits
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.test_exchange.client import dial, hear, hear_close, say

PUBLIC, BUSINESS = "/okx/ws/v5/public", "/okx/ws/v5/business"
PRICE = Decimal("76000.10")


def argument(channel: str, symbol: str = "BTC-USDT") -> dict[str, str]:
    return {"channel": channel, "instId": symbol}


async def subscribe(socket: ClientConnection, channel: str) -> None:
    await say(socket, op="subscribe", args=[argument(channel)])
    assert (await hear(socket))["event"] == "subscribe"


async def test_each_argument_is_acknowledged(exchange: Exchange) -> None:
    """One answer for each; `id` is in it only if it was in the question; twice is no error."""
    async with dial(exchange, PUBLIC) as socket:
        await say(socket, id="md", op="subscribe", args=[argument("trades"), argument("bbo-tbt")])
        await say(socket, op="subscribe", args=[argument("trades")])
        await say(socket, op="unsubscribe", args=[argument("trades")])
        answers = [await hear(socket) for _ in range(4)]
    number = answers[0]["connId"]
    assert answers == [
        {"id": "md", "event": "subscribe", "arg": argument("trades"), "connId": number},
        {"id": "md", "event": "subscribe", "arg": argument("bbo-tbt"), "connId": number},
        {"event": "subscribe", "arg": argument("trades"), "connId": number},
        {"event": "unsubscribe", "arg": argument("trades"), "connId": number},
    ]
    assert exchange.connections[-1].topics == ["bbo-tbt:BTC-USDT"]


async def test_trades_of_one_order_are_one_row_under_the_last_id(exchange: Exchange) -> None:
    """`count` says how many there were; the ledger has each of them."""
    async with dial(exchange, PUBLIC) as socket:
        await subscribe(socket, "trades")
        (first, _) = exchange.trade("okx", "BTC-USDT", PRICE, [Decimal("0.10"), Decimal("0.20")], "sell")
        message = await hear(socket)
    assert message["arg"] == argument("trades")
    (row,) = message["data"]
    assert row.items() >= {"instId": "BTC-USDT", "tradeId": "1001", "px": "76000.1", "sz": "0.3"}.items()
    assert row["ts"] == str(round(first.traded_at.timestamp() * 1000))
    assert list(row)[4:] == ["side", "ts", "count", "source", "seqId"]
    assert (row["side"], row["count"]) == ("sell", "2")
    assert [sent.trade_id for sent in exchange.ledger] == ["1000", "1001"]


async def test_business_path_has_single_trades(exchange: Exchange) -> None:
    """`trades-all` lives on its own path and knows no `count`; `trades` is unknown there."""
    async with dial(exchange, BUSINESS) as socket:
        await subscribe(socket, "trades-all")
        exchange.trade("okx", "BTC-USDT", PRICE, [Decimal(1), Decimal(2)])
        rows = [(await hear(socket))["data"][0] for _ in range(2)]
        assert [(row["tradeId"], row["sz"], "count" in row) for row in rows] == [
            ("1000", "1", False),
            ("1001", "2", False),
        ]
        await say(socket, op="subscribe", args=[argument("trades")])
        assert (await hear(socket))["code"] == "60018"


async def test_last_trade_is_replayed_on_subscribe(exchange: Exchange) -> None:
    """A client that comes back sees the last trade again, unmarked."""
    exchange.trade("okx", "BTC-USDT", PRICE, [Decimal(1), Decimal(2)])
    async with dial(exchange, PUBLIC) as socket:
        await subscribe(socket, "trades")
        assert [row["tradeId"] for row in (await hear(socket))["data"]] == ["1001"]


async def test_best_prices_come_as_book_and_as_ticker() -> None:
    """`bbo-tbt` has one level of text, `tickers` the prices beside the day's figures."""
    async with Exchange(market=RandomMarket(rate=200)) as exchange, dial(exchange, PUBLIC) as socket:
        await subscribe(socket, "bbo-tbt")
        book = (await hear(socket))["data"][0]
    async with Exchange(market=RandomMarket(rate=200)) as exchange, dial(exchange, PUBLIC) as socket:
        await subscribe(socket, "tickers")
        ticker = (await hear(socket))["data"][0]
    assert list(book) == ["asks", "bids", "ts", "seqId"]
    assert Decimal(book["bids"][0][0]) < Decimal(book["asks"][0][0])
    assert list(ticker)[:8] == ["instType", "instId", "last", "lastSz", "askPx", "askSz", "bidPx", "bidSz"]
    assert list(ticker)[8:13] == ["open24h", "high24h", "low24h", "sodUtc0", "sodUtc8"]
    assert list(ticker)[13:] == ["volCcy24h", "vol24h", "ts"]
    assert Decimal(ticker["bidPx"]) < Decimal(ticker["askPx"])


@pytest.mark.parametrize(
    ("frame", "code", "text"),
    [
        ("not json", "60012", "Invalid request: not json"),
        ('{"op":"subscribe","argss":[]}', "60012", "Invalid request: "),
        ('{"op":"sing","args":[]}', "60019", "Invalid op: sing"),
        (
            '{"op":"subscribe","args":[{"channel":"weather","instId":"BTC-USDT"}]}',
            "60018",
            "Subscribe failed, wrong URL",
        ),
        ('{"op":"subscribe","args":[{"channel":"trades","instId":"NO-SUCH"}]}', "60018", "Subscribe failed, wrong URL"),
    ],
)
async def test_errors_have_a_code_and_no_argument(exchange: Exchange, frame: str, code: str, text: str) -> None:
    """Only the text names the instrument; the connection stays open."""
    async with dial(exchange, PUBLIC) as socket:
        await socket.send(frame)
        message = await hear(socket)
        assert exchange.connections[-1].is_open
    assert list(message) == ["event", "msg", "code", "connId"]
    assert (message["event"], message["code"]) == ("error", code)
    assert message["msg"].startswith(text)


async def test_good_argument_beside_a_bad_one_is_subscribed(exchange: Exchange) -> None:
    """Each argument stands for itself."""
    async with dial(exchange, PUBLIC) as socket:
        await say(socket, op="subscribe", args=[argument("trades", "NO-SUCH"), argument("trades")])
        assert [(await hear(socket))["event"] for _ in range(2)] == ["error", "subscribe"]


async def test_ping_and_pong_are_bare_words(exchange: Exchange) -> None:
    """Neither is JSON."""
    async with dial(exchange, PUBLIC) as socket:
        await socket.send("ping")
        assert await socket.recv() == "pong"


async def test_notice_announces_an_upgrade(exchange: Exchange) -> None:
    """64008 comes a minute before the end."""
    async with dial(exchange, PUBLIC) as socket:
        exchange.faults.set("okx", "notice")
        message = await hear(socket)
    assert (message["event"], message["code"]) == ("notice", "64008")


async def test_silent_connection_is_closed_with_4004() -> None:
    """Neither ping nor data for thirty seconds, here a moment."""
    limits = {"okx": Limits(idle_after=0.05)}
    async with Exchange(market=RandomMarket(rate=0), limits=limits) as exchange, dial(exchange, PUBLIC) as socket:
        assert await hear_close(socket) == 4004
