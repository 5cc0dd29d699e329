"""Gate on the replay exchange: channels, acknowledgements, errors, heartbeat."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus

from tests.exchange.dialect import Limits
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.test_exchange.client import dial, hear, hear_close, say

PATH = "/gateio/ws/v4/"
PRICE = Decimal("76000.10")


def request(event: str, *pairs: str, channel: str = "spot.trades") -> dict[str, Any]:
    return {"time": int(time.time()), "channel": channel, "event": event, "payload": list(pairs)}


async def subscribe(socket: ClientConnection, channel: str) -> None:
    await say(socket, **request("subscribe", "BTC_USDT", channel=channel))
    assert (await hear(socket))["result"] == {"status": "success"}


async def test_list_has_one_acknowledgement() -> None:
    """It repeats the payload, and `id` only if there was one."""
    market = RandomMarket(rate=0, instruments=["BTC-USDT", "ETH-USDT"])
    async with Exchange(market=market) as exchange, dial(exchange, PATH) as socket:
        await say(socket, **request("subscribe", "BTC_USDT", "ETH_USDT"))
        unnamed = await hear(socket)
        await say(socket, **request("unsubscribe", "ETH_USDT"), id=7)
        named = await hear(socket)
        assert exchange.connections[-1].topics == ["spot.trades:BTC_USDT"]
    assert list(unnamed) == ["time", "time_ms", "conn_id", "channel", "event", "payload", "result"]
    assert (unnamed["payload"], unnamed["result"]) == (["BTC_USDT", "ETH_USDT"], {"status": "success"})
    assert (named["id"], named["event"]) == (7, "unsubscribe")


async def test_each_trade_has_a_frame_and_is_no_list(exchange: Exchange) -> None:
    """Times are decimal milliseconds as text, ids are numbers."""
    async with dial(exchange, PATH) as socket:
        await subscribe(socket, "spot.trades")
        (first, _) = exchange.trade("gateio", "BTC-USDT", PRICE, [Decimal("0.00298400"), Decimal(2)], "sell")
        messages = [await hear(socket) for _ in range(2)]
    stamp = round(first.traded_at.timestamp() * 1000)
    assert list(messages[0]) == ["time", "time_ms", "channel", "event", "result"]
    assert list(messages[0]["result"].items()) == [
        ("id", 1000),
        ("id_market", 1000),
        ("create_time", stamp // 1000),
        ("create_time_ms", f"{stamp}.000000"),
        ("side", "sell"),
        ("currency_pair", "BTC_USDT"),
        ("amount", "0.002984"),
        ("price", "76000.1"),
        ("range", "1000-1000"),
        ("trade_mode", 0),
    ]
    assert messages[1]["result"]["id_market"] == 1001


async def test_best_prices_have_one_letter_names() -> None:
    """Capitals are sizes."""
    async with Exchange(market=RandomMarket(rate=200)) as exchange, dial(exchange, PATH) as socket:
        await subscribe(socket, "spot.book_ticker")
        message = await hear(socket)
    assert (message["channel"], message["event"]) == ("spot.book_ticker", "update")
    assert list(message["result"]) == ["t", "u", "s", "b", "B", "a", "A"]
    assert Decimal(message["result"]["b"]) < Decimal(message["result"]["a"])


@pytest.mark.parametrize("pair", ["NOPE_XXX", "btc_usdt"])
async def test_bad_pair_fails_the_whole_list(exchange: Exchange, pair: str) -> None:
    """Nothing is subscribed, not even the good pair; lower case is bad."""
    async with dial(exchange, PATH) as socket:
        await say(socket, **request("subscribe", "BTC_USDT", pair))
        message = await hear(socket)
        assert exchange.connections[-1].topics == []
    assert list(message)[3:] == ["channel", "event", "payload", "error", "result"]
    assert message["error"] == {"code": 2, "message": f"unknown currency pair: {pair}"}
    assert message["result"] == {"status": "fail"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"payload": []}, 1),
        ({"event": "sing"}, 1),
        ({"channel": "spot.weather"}, 2),
        ({"time": 0}, 1),
        ({"time": int(time.time() * 1000)}, 1),
        ({"payload": "BTC_USDT"}, 1),
    ],
)
async def test_bad_request_is_refused(exchange: Exchange, changes: dict[str, object], code: int) -> None:
    """The time has to be in seconds and near the server's."""
    async with dial(exchange, PATH) as socket:
        await say(socket, **{**request("subscribe", "BTC_USDT"), **changes})
        assert (await hear(socket))["error"]["code"] == code
        assert exchange.connections[-1].is_open


async def test_what_is_not_json_has_no_answer(exchange: Exchange) -> None:
    """The next request is answered as if nothing had been."""
    async with dial(exchange, PATH) as socket:
        await socket.send("not json")
        await subscribe(socket, "spot.trades")


async def test_ping_has_a_pong_on_its_own_channel(exchange: Exchange) -> None:
    """`event` is empty and there is no result."""
    async with dial(exchange, PATH) as socket:
        await say(socket, time=int(time.time()), channel="spot.ping")
        message = await hear(socket)
    assert list(message) == ["time", "time_ms", "conn_id", "channel", "event", "result"]
    assert (message["channel"], message["event"], message["result"]) == ("spot.pong", "", None)


async def test_idle_connection_is_cut() -> None:
    """Thirty seconds without a word from either side, here a moment, and no close frame."""
    limits = {"gateio": Limits(idle_after=0.05)}
    async with Exchange(market=RandomMarket(rate=0), limits=limits) as exchange, dial(exchange, PATH) as socket:
        assert await hear_close(socket) == 1006


async def test_data_or_pings_keep_the_connection() -> None:
    """Either alone is enough."""
    limits = {"gateio": Limits(idle_after=0.8)}
    async with (
        Exchange(market=RandomMarket(rate=100), limits=limits) as exchange,
        dial(exchange, PATH) as listener,
        dial(exchange, PATH) as pinger,
    ):
        await subscribe(listener, "spot.trades")
        for _ in range(120):
            await hear(listener)
            await say(pinger, time=int(time.time()), channel="spot.ping")
            await hear(pinger)
        assert len(exchange.open_connections) == 2


async def test_path_ends_with_a_slash(exchange: Exchange) -> None:
    """Without it there is nothing."""
    with pytest.raises(InvalidStatus) as refusal:
        await dial(exchange, "/gateio/ws/v4")
    assert refusal.value.response.status_code == 404
