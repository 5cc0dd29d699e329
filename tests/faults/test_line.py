"""Bad lines between the venue and us: they drip, break off at any byte, or fall silent."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from feeds.errors import ClosedByVenue, ConnectFailed, Silent
from feeds.venues import REGISTRY
from tests.clock import ManualClock
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.faults.memory import MIB, growth
from tests.faults.proxy import Proxy, proxy
from tests.faults.session import end_of
from tests.faults.toxics import Toxic, after, cut, drip, reset, stall
from tests.feeds.connection.listener import PRICE, address, connect, expect, hear, hear_trade, listening

PLACES = 20


@pytest_asyncio.fixture
async def line(exchange: Exchange) -> AsyncIterator[Proxy]:
    """A good line to a still exchange."""
    async with proxy(exchange.host, exchange.port) as line:
        exchange.port = line.port
        yield line


async def test_frame_that_drips_is_silence(exchange: Exchange, line: Proxy, clock: ManualClock) -> None:
    """E12: a byte a second inside a frame proves nothing: left after 3 s, 4 at most, with less than 1 MiB held."""
    async with listening(exchange, clock) as frames:
        await connect(exchange, frames)
        before = line.passed
        line.toxic = drip(1, lambda: clock.sleep(1.0))
        with growth() as grown:
            exchange.trade("binance", "BTC-USDT", PRICE)
            next_frame = expect(frames)
            await clock.advance(2.9)
            assert not next_frame.done()
            await clock.advance(1.1)
            with pytest.raises(Silent):
                await next_frame
    assert line.passed - before in (2, 3)
    assert grown.bytes <= MIB


async def test_line_that_falls_silent_is_left(exchange: Exchange, line: Proxy, clock: ManualClock) -> None:
    """E11: the peer is gone and nobody says so; the end does not wait for its goodbye."""
    async with listening(exchange, clock) as frames:
        await connect(exchange, frames)
        line.toxic = stall
        exchange.trade("binance", "BTC-USDT", PRICE)
        next_frame = expect(frames)
        await clock.advance(3.0)
        with pytest.raises(Silent):
            await next_frame


async def test_slow_line_loses_nothing(exchange: Exchange, line: Proxy, clock: ManualClock) -> None:
    """E12: cut into pieces of seven bytes, ten trades are ten trades."""
    line.toxic = drip(7, lambda: asyncio.sleep(0))
    async with listening(exchange, clock) as frames:
        await connect(exchange, frames)
        heard = [await hear_trade(exchange, frames) for _ in range(10)]
    assert [len(received.events) for received in heard] == [1] * 10


@pytest_asyncio.fixture
async def lively(clock: ManualClock) -> AsyncIterator[Exchange]:
    """Trades happen by themselves. It shares our clock: Gate refuses whose clock differs by a minute."""
    async with Exchange(market=RandomMarket(rate=200), clock=clock.now) as exchange:
        yield exchange


@pytest.mark.parametrize("fault", [reset, cut])
@pytest.mark.parametrize("code", REGISTRY)
async def test_line_that_breaks_anywhere_ends_the_session(
    lively: Exchange, clock: ManualClock, code: str, fault: Toxic
) -> None:
    """E13: at 20 places from the first byte of the way in to the first trade; always typed, nothing left behind."""
    async with proxy(lively.host, lively.port) as line:
        # Also for KuCoin, which says itself where its socket is.
        lively.port = line.port
        length = await way_in(line, lively, clock, code)
        ends = []
        for place in range(PLACES):
            line.toxic = after(length * place // PLACES, fault)
            ends.append(type(await end_of(address(lively, code), clock, code)))
            # No venue lets us in twenty times a second.
            await clock.advance(60.0)
    assert set(ends) == {ConnectFailed, ClosedByVenue}


async def way_in(line: Proxy, exchange: Exchange, clock: ManualClock, code: str) -> int:
    """How many bytes it takes from the handshake to a connected session."""
    async with listening(exchange, clock, code) as frames:
        while not (await hear(frames)).is_connected:
            """Welcome, acknowledgements, what came before the last of them."""
        return line.passed
