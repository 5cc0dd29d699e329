"""What a venue does not give of several symbols is lost alone; the session goes on for the others."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from feeds.errors import Silent, SymbolRefused
from feeds.venues import REGISTRY
from tests.clock import ManualClock
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.feeds.connection.listener import PRICE, Frames, connect, hear, hear_end, hear_trade, listening

SAYS_NO = pytest.mark.parametrize("code", ["bybit", "okx", "htx", "kraken", "gateio"])
SAYS_NOTHING = pytest.mark.parametrize("code", ["binance", "kucoin"])
BOTH = ("NOSUCH", "BTC")


@pytest_asyncio.fixture
async def exchange(clock: ManualClock) -> AsyncIterator[Exchange]:
    """A still one that shares our clock: Gate refuses whose clock differs by a minute."""
    async with Exchange(market=RandomMarket(rate=0, first_id=1000), clock=clock.now) as exchange:
        yield exchange


async def hear_loss(frames: Frames) -> SymbolRefused:
    while not (received := await hear(frames)).lost:
        """Acknowledgements and data come before."""
    (lost,) = received.lost
    return lost


@SAYS_NO
async def test_refused_symbol_is_lost_alone(exchange: Exchange, clock: ManualClock, code: str) -> None:
    """E19 E20: typed, with the symbol and the venue's words; the other one is acknowledged, connected and heard."""
    async with listening(exchange, clock, code, bases=BOTH) as frames:
        lost = await hear_loss(frames)
        assert lost.symbol == REGISTRY[code].symbol("NOSUCH", "USDT")
        assert str(lost)
        while not (received := await hear_trade(exchange, frames, code)).is_connected:
            """The last acknowledgements are still on their way."""
        assert not received.lost
    assert len(exchange.connections) == 1


@SAYS_NOTHING
async def test_symbol_that_is_acknowledged_and_never_seen_is_lost_alone(
    exchange: Exchange, clock: ManualClock, code: str
) -> None:
    """E8 E19: these two accept any symbol; after 15 s of others' data it is given up."""
    async with listening(exchange, clock, code, bases=BOTH) as frames:
        await connect(exchange, frames, code)
        for _ in range(14):
            await clock.advance(1.0)
            assert not (await hear_trade(exchange, frames, code)).lost
        await clock.advance(1.0)
        exchange.trade(code, "BTC-USDT", PRICE)
        lost = await hear_loss(frames)
    assert lost.symbol == REGISTRY[code].symbol("NOSUCH", "USDT")
    assert "no data" in str(lost)


@SAYS_NO
async def test_silence_of_the_rest_ends_the_session(exchange: Exchange, clock: ManualClock, code: str) -> None:
    """E7: a symbol that was lost is not waited for, the others are."""
    async with listening(exchange, clock, code, bases=BOTH) as frames:
        await hear_loss(frames)
        await hear_trade(exchange, frames, code)
        end = asyncio.create_task(hear_end(frames))
        await clock.advance(3.0)
        with pytest.raises(Silent):
            await end
