"""Binance on the replay exchange: messages per second, streams, pongs, and the length of a life."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import aiohttp
import pytest

from tests.exchange.dialect import Limits
from tests.exchange.dialects.binance import Binance
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.test_exchange.client import dial, hear, hear_close, say, wait_until

PRICE = Decimal("76000.10")


async def test_sixth_message_within_a_second_closes(exchange: Exchange) -> None:
    """Five messages a second are heard, one more ends the connection with 1008."""
    async with dial(exchange, "/binance/ws") as socket:
        for number in range(6):
            await say(socket, method="LIST_SUBSCRIPTIONS", id=number)
        answers = [(await hear(socket))["id"] for _ in range(5)]
        assert answers == [0, 1, 2, 3, 4]
        assert await hear_close(socket) == 1008
    await wait_until(lambda: exchange.connections[-1].close_code == 1008)


async def test_control_frames_count_as_messages(exchange: Exchange) -> None:
    """Six protocol pings are as bad as six requests."""
    async with dial(exchange, "/binance/ws") as socket:
        for _ in range(6):
            await socket.ping()
        assert await hear_close(socket) == 1008


async def test_streams_are_limited() -> None:
    """One stream too many is refused and changes nothing."""
    limits = {"binance": replace(Binance.limits, topics=2)}
    async with (
        Exchange(market=RandomMarket(rate=0), limits=limits) as exchange,
        dial(exchange, "/binance/ws") as socket,
    ):
        await say(socket, method="SUBSCRIBE", params=["a@trade", "b@trade", "c@trade"], id=1)
        assert (await hear(socket))["code"] == 2
        assert exchange.connections[-1].topics == []


async def test_silent_client_is_cut_for_want_of_a_pong() -> None:
    """The ping has a payload; a client that never answers loses the connection."""
    limits = {"binance": Limits(beat_every=0.03, answer_within=0.06)}
    async with (
        Exchange(market=RandomMarket(rate=0), limits=limits) as exchange,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{exchange.url}/binance/ws", autoping=False) as socket,
    ):
        first = await socket.receive(timeout=5)
        assert (first.type, first.data.isdigit()) == (aiohttp.WSMsgType.PING, True)
        while (last := await socket.receive(timeout=5)).type is aiohttp.WSMsgType.PING:
            pass
    assert (last.type, last.data) == (aiohttp.WSMsgType.CLOSE, 1008)


async def test_answered_pings_keep_the_connection() -> None:
    """A client that answers outlives many ping intervals."""
    limits = {"binance": Limits(beat_every=0.02, answer_within=0.4)}
    async with (
        Exchange(market=RandomMarket(rate=0), limits=limits) as exchange,
        dial(exchange, "/binance/ws"),
    ):
        await wait_until(lambda: exchange.connections[-1].frames_received >= 40)
        assert exchange.connections[-1].is_open


@pytest.mark.parametrize("path", ["/binance/ws", "/binance/stream"])
async def test_long_life_ends_with_a_notice(path: str) -> None:
    """At the end of its life a connection gets the shutdown notice in its own form, then is closed."""
    limits = {"binance": Limits(life_after=0.06, notice_before=0.03)}
    async with (
        Exchange(market=RandomMarket(rate=0), limits=limits) as exchange,
        dial(exchange, path) as socket,
    ):
        message = await hear(socket)
        payload = message["data"] if path.endswith("stream") else message
        assert payload["e"] == "serverShutdown"
        assert await hear_close(socket) == 1001
