"""Kraken V2 on the replay exchange: heartbeats, pings, idle connections, floods, the ban."""

from __future__ import annotations

import pytest
from websockets.exceptions import InvalidStatus

from tests.clock import ManualClock
from tests.exchange.dialect import Limits
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.test_exchange.client import dial, hear, hear_close, say
from tests.test_exchange.test_kraken import PATH, subscribe


async def test_heartbeat_fills_the_silence_of_a_subscriber() -> None:
    """It comes while nothing else does; a client without a subscription hears nothing at all."""
    limits = {"kraken": Limits(silence_after=0.02)}
    async with (
        Exchange(market=RandomMarket(rate=0), limits=limits) as exchange,
        dial(exchange, PATH) as silent,
        dial(exchange, PATH) as socket,
    ):
        await subscribe(socket, "trade")
        assert [await hear(socket) for _ in range(3)] == [{"channel": "heartbeat"}] * 3
        await hear(silent)
        await say(silent, method="ping", req_id=1)
        assert (await hear(silent))["method"] == "pong"


async def test_ping_has_a_pong(exchange: Exchange) -> None:
    """It repeats `req_id` and knows no `success`."""
    async with dial(exchange, PATH) as socket:
        await hear(socket)
        await say(socket, method="ping", req_id=101)
        message = await hear(socket)
    assert list(message) == ["method", "req_id", "time_in", "time_out"]
    assert (message["method"], message["req_id"]) == ("pong", 101)


async def test_maintenance_is_a_status(exchange: Exchange) -> None:
    """There is no other notice."""
    async with dial(exchange, PATH) as socket:
        await hear(socket)
        exchange.faults.set("kraken", "notice")
        assert (await hear(socket))["data"][0]["system"] == "maintenance"


async def test_idle_connection_is_cut() -> None:
    """A minute without a word from either side, here a moment."""
    limits = {"kraken": Limits(idle_after=0.05)}
    async with Exchange(market=RandomMarket(rate=0), limits=limits) as exchange, dial(exchange, PATH) as socket:
        assert await hear_close(socket) == 1006


async def test_flood_is_answered_but_not_closed() -> None:
    """The answer has one key, with a capital E."""
    limits = {"kraken": Limits(messages=1, messages_within=60.0)}
    async with Exchange(market=RandomMarket(rate=0), limits=limits) as exchange, dial(exchange, PATH) as socket:
        await hear(socket)
        for _ in range(2):
            await say(socket, method="ping")
        assert [list(await hear(socket)) for _ in range(2)] == [["method", "time_in", "time_out"], ["Error"]]
        assert exchange.connections[-1].is_open


async def test_too_many_attempts_are_a_ban(clock: ManualClock) -> None:
    """After 150 within ten minutes everybody is turned away for ten minutes, counted from the last attempt."""
    limits = {"kraken": Limits(connects=1, connects_within=600.0, unban_after=600.0)}
    async with Exchange(market=RandomMarket(rate=0), limits=limits, clock=clock.now) as exchange:
        await (await dial(exchange, PATH)).close()
        await clock.advance(1)
        for _ in range(2):
            with pytest.raises(InvalidStatus) as refusal:
                await dial(exchange, PATH)
            assert refusal.value.response.status_code == 429
            assert b"1015" in (refusal.value.response.body or b"")
            await clock.advance(599)
        await clock.advance(1)
        await (await dial(exchange, PATH)).close()
