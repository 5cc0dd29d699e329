"""The consuming side of a session test: listen to a venue of the replay exchange by a clock of the test's own."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from decimal import Decimal
from typing import Final

from feeds.clock import Clock
from feeds.connection.session import Received, listen
from feeds.connection.stall import SessionTiming
from feeds.types import Trade
from feeds.venues import REGISTRY, Venue
from tests.clock import ManualClock
from tests.exchange.connection import Connection
from tests.exchange.server import Exchange
from tests.waiting import PATIENCE_S

Frames = AsyncGenerator[Received, None]
PRICE: Final = Decimal("76000.10")


def address(exchange: Exchange, code: str) -> str:
    """The venue's first address, at the exchange."""
    scheme, _, rest = REGISTRY[code].urls[0].partition("s://")
    return f"{scheme}{exchange.url.removeprefix('http')}/{code}/{rest.partition('/')[2]}"


@asynccontextmanager
async def listening(
    exchange: Exchange,
    clock: Clock,
    venue: Venue | str = "binance",
    timing: SessionTiming | None = None,
    bases: Sequence[str] = ("BTC",),
) -> AsyncIterator[Frames]:
    dialect = REGISTRY[venue] if isinstance(venue, str) else venue
    timing = timing or SessionTiming(ping_every=dialect.ping_every)
    leave = asyncio.get_running_loop().create_future()
    symbols = [dialect.symbol(base, "USDT") for base in bases]
    session = listen(dialect, address(exchange, dialect.code), symbols, timing, clock, leave)
    async with aclosing(session) as frames:
        yield frames


async def hear(frames: Frames) -> Received:
    """The next frame that says something; what ends the session is raised."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            received = await anext(frames)
            if received.events or received.bad_frame or received.lost:
                return received


async def hear_end(frames: Frames) -> None:
    """Whatever comes until the session ends, which raises."""
    while True:
        await hear(frames)


def expect(frames: Frames) -> asyncio.Task[Received]:
    """Listens for the next frame while the test goes on."""
    return asyncio.create_task(hear(frames))


async def hear_trade(exchange: Exchange, frames: Frames, code: str = "binance") -> Received:
    """Lets a trade happen, and hears it through whatever comes before."""
    exchange.trade(code, "BTC-USDT", PRICE)
    while True:
        received = await hear(frames)
        if any(isinstance(event, Trade) for event in received.events):
            return received


async def pass_time(
    exchange: Exchange, frames: Frames, clock: ManualClock, seconds: float, step: float, code: str = "binance"
) -> None:
    """Time goes on in steps, each with a trade; what ends the session is raised."""
    for _ in range(round(seconds / step)):
        await hear_trade(exchange, frames, code)
        await clock.advance(step)


async def connect(exchange: Exchange, frames: Frames, code: str = "binance") -> Connection:
    """The session up to its first data after the last acknowledgement; the exchange's end of it."""
    received = await hear(frames)
    while not received.is_connected:
        received = await hear_trade(exchange, frames, code) if exchange.connections[-1].topics else await hear(frames)
    return exchange.connections[-1]
