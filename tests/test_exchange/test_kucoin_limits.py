"""KuCoin on the replay exchange: pings, messages, topics, connections, REST."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import aiohttp
import pytest
from websockets.exceptions import InvalidStatus

from tests.clock import ManualClock
from tests.exchange.dialect import Limits
from tests.exchange.dialects.kucoin import Kucoin
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.test_exchange.client import dial, hear, hear_close, say
from tests.test_exchange.test_kucoin import PRICE, subscribe
from tests.test_exchange.venues import find_path, greeted


async def test_client_that_does_not_ping_is_closed() -> None:
    """Data does not replace the ping: a minute, here a moment, and a close without a fault."""
    limits = {"kucoin": Limits(beat_every=0.01, answer_within=0.3)}
    async with (
        Exchange(market=RandomMarket(rate=100), limits=limits) as exchange,
        greeted(exchange, "kucoin") as socket,
    ):
        await subscribe(socket, "/market/match:BTC-USDT")
        while (message := await hear(socket))["type"] == "message":
            pass
        assert message == {"type": "error", "code": 400, "data": "ping timeout"}
        assert await hear_close(socket) == 1000


async def test_pings_keep_the_connection(clock: ManualClock) -> None:
    """Each one buys another minute; the interval is in the token answer."""
    limits = {"kucoin": replace(Kucoin.limits, beat_every=0.01, ping_every=0.5)}
    async with Exchange(market=RandomMarket(rate=0), limits=limits, clock=clock.now) as exchange:
        async with aiohttp.ClientSession() as session:
            answer = await (await session.post(f"{exchange.url}/kucoin/api/v1/bullet-public")).json()
        assert answer["data"]["instanceServers"][0]["pingInterval"] == 500
        async with dial(exchange, f"/kucoin/?token={answer['data']['token']}") as socket:
            await hear(socket)
            for _ in range(3):
                await clock.advance(59)
                await say(socket, id=1, type="ping")
                assert (await hear(socket))["type"] == "pong"
            await clock.advance(60)
            assert (await hear(socket))["data"] == "ping timeout"


async def test_too_many_messages_close_the_connection() -> None:
    """A hundred in ten seconds, here two; the error comes first."""
    limits = {"kucoin": replace(Kucoin.limits, messages=2)}
    async with Exchange(market=RandomMarket(rate=0), limits=limits) as exchange, greeted(exchange, "kucoin") as socket:
        for _ in range(3):
            await say(socket, id=1, type="ping")
        answers = [await hear(socket) for _ in range(3)]
        assert [answer["type"] for answer in answers] == ["pong", "pong", "error"]
        assert (answers[-1]["code"], answers[-1]["data"]) == (509, "exceed max permits per second")
        assert await hear_close(socket) == 1000


@pytest.mark.parametrize(
    ("limits", "text"),
    [
        (Limits(args=1), "exceed max subscription count limitation of 1 per time"),
        (Limits(topics=1), "exceed max subscription count limitation of 1 per session"),
    ],
)
async def test_topics_are_limited(limits: Limits, text: str) -> None:
    """A hundred symbols at a time, four hundred on a connection; one too many changes nothing."""
    async with (
        Exchange(market=RandomMarket(rate=0), limits={"kucoin": limits}) as exchange,
        greeted(exchange, "kucoin") as socket,
    ):
        await say(socket, id=1, type="subscribe", topic="/market/match:BTC-USDT,ETH-USDT")
        answer = await hear(socket)
        assert exchange.connections[-1].topics == []
    assert (answer["code"], answer["data"]) == (509, text)


async def test_too_many_connections_are_turned_away(clock: ManualClock) -> None:
    """Thirty in a minute, here one, with or without a token."""
    limits = {"kucoin": replace(Kucoin.limits, connects=1)}
    async with Exchange(market=RandomMarket(rate=0), limits=limits, clock=clock.now) as exchange:
        await (await dial(exchange, await find_path(exchange, "kucoin"))).close()
        with pytest.raises(InvalidStatus) as refusal:
            await dial(exchange, await find_path(exchange, "kucoin"))
        assert refusal.value.response.status_code == 429
        assert b"429000" in (refusal.value.response.body or b"")
        await clock.advance(60)
        async with dial(exchange, await find_path(exchange, "kucoin")) as socket:
            assert (await hear(socket))["type"] == "welcome"


async def test_rest_reaches_a_hundred_trades_back(exchange: Exchange) -> None:
    """The oldest first, without an id, the time a number of nanoseconds; nothing can be asked for."""
    for _ in range(110):
        (trade,) = exchange.trade("kucoin", "BTC-USDT", PRICE, [Decimal("0.10")])
    url = f"{exchange.url}/kucoin/api/v1/market/histories?symbol=BTC-USDT&limit=1000"
    async with aiohttp.ClientSession() as session:
        rows = (await (await session.get(url)).json())["data"]
    assert [row["sequence"] for row in rows] == [str(number) for number in range(1010, 1110)]
    assert rows[-1] == {
        "sequence": "1109",
        "price": "76000.1",
        "size": "0.1",
        "side": "buy",
        "time": round(trade.traded_at.timestamp() * 1000) * 1_000_000,
    }


async def test_rest_tells_time_and_symbols(exchange: Exchange) -> None:
    """The code of a good answer is text."""
    async with aiohttp.ClientSession(f"{exchange.url}/kucoin/api/") as session:
        clock = await (await session.get("v1/timestamp")).json()
        symbols = await (await session.get("v2/symbols")).json()
    assert clock["code"] == "200000"
    assert clock["data"] > 1_700_000_000_000
    assert [(row["symbol"], row["enableTrading"]) for row in symbols["data"]] == [("BTC-USDT", True)]


@pytest.mark.parametrize(("query", "status", "code"), [("?symbol=NO-SUCH", 200, "900001"), ("", 400, "400100")])
async def test_rest_refuses_with_a_code(exchange: Exchange, query: str, status: int, code: str) -> None:
    """As text, like the good one."""
    url = f"{exchange.url}/kucoin/api/v1/market/histories{query}"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert (answer.status, (await answer.json())["code"]) == (status, code)
