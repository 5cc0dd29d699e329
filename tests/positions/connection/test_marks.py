"""The public line for mark prices, against the replay exchange."""

import asyncio
import logging
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import pytest_asyncio

from feeds.storage.allowance import Allowance
from feeds.storage.live import LiveStore
from positions.connection.marks import KIND, TIMING, Marks
from positions.types import Ticker
from positions.venues.bitget import DIALECTS
from positions.words import AccountKind, Environment
from tests.clock import ManualClock
from tests.exchange.server import Exchange
from tests.waiting import wait_until

# Longer than any first wait with its jitter.
RETRY_S = 2.0


class Ear:
    """Runs a line, and keeps what it hears."""

    def __init__(self, exchange: Exchange, store: LiveStore, clock: ManualClock) -> None:
        self.exchange = exchange
        self.clock = clock
        self.heard: list[Ticker] = []
        self.failed: list[tuple[str, str]] = []
        self.marks = Marks(
            DIALECTS[AccountKind.CLASSIC],
            Environment.LIVE,
            self.heard.append,
            lambda kind, text: self.failed.append((kind, text)),
            Allowance(store, clock),
            clock,
        )

    @property
    def connections(self) -> int:
        """How often it has connected so far."""
        return sum(attempt.venue == "bitget" for attempt in self.exchange.attempts)

    async def hear(self, symbol: str, price: str) -> Ticker:
        """The venue's mark price of this symbol moves; the ticker that says so."""
        self.exchange.bitget.mark(symbol, price)
        await wait_until(lambda: any(self._is(ticker, symbol, price) for ticker in self.heard))
        return next(ticker for ticker in self.heard if self._is(ticker, symbol, price))

    async def fails(self, text: str) -> None:
        await wait_until(lambda: any(kind == KIND and text in told for kind, told in self.failed))

    def _is(self, ticker: Ticker, symbol: str, price: str) -> bool:
        return (ticker.symbol, ticker.mark_price) == (symbol, Decimal(price))


@pytest_asyncio.fixture
async def ear(exchange: Exchange, redis_server: str, clock: ManualClock) -> AsyncIterator[Ear]:
    store = LiveStore(redis_server)
    ear = Ear(exchange, store, clock)
    running = asyncio.create_task(ear.marks.run())
    yield ear
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await store.close()


async def test_mark_prices_of_what_is_held_are_heard(ear: Ear) -> None:
    """B-27: with what the ticker says of funding."""
    ear.marks.hold(["BTCUSDT"])
    ticker = await ear.hear("BTCUSDT", "64000.5")
    assert isinstance(ticker.funding_rate, Decimal)


async def test_one_line_follows_what_is_held(ear: Ear) -> None:
    """B-27: a symbol that was closed is given up, one that was opened is asked for, and nothing is connected anew."""
    ear.marks.hold(["BTCUSDT"])
    await ear.hear("BTCUSDT", "64000.5")
    ear.marks.hold(["ETHUSDT"])
    await ear.hear("ETHUSDT", "3000.5")
    ear.heard.clear()
    ear.exchange.bitget.mark("BTCUSDT", "64001.5")
    await ear.hear("ETHUSDT", "3001.5")
    assert {ticker.symbol for ticker in ear.heard} == {"ETHUSDT"}
    assert ear.connections == 1


async def test_nothing_is_connected_while_nothing_is_held(ear: Ear) -> None:
    """B-24: the line is closed with the last position, and opened with the next one."""
    await ear.clock.advance(60.0)
    assert ear.connections == 0
    ear.marks.hold(["BTCUSDT"])
    await ear.hear("BTCUSDT", "64000.5")
    ear.marks.hold([])
    await wait_until(lambda: not ear.exchange.open_connections)
    ear.marks.hold(["BTCUSDT"])
    await ear.hear("BTCUSDT", "64001.5")
    assert (ear.connections, ear.failed) == (2, [])


async def test_a_line_that_was_cut_comes_back(ear: Ear) -> None:
    """M-07: by itself, with everything that is held."""
    ear.marks.hold(["BTCUSDT", "ETHUSDT"])
    await ear.hear("BTCUSDT", "64000.5")
    ear.exchange.faults.set("bitget", "hang_up")
    await ear.fails("cut without a word")
    await wait_until(lambda: ear.clock.sleepers)
    await ear.clock.advance(RETRY_S)
    await ear.hear("BTCUSDT", "64001.5")
    await ear.hear("ETHUSDT", "3001.5")
    assert ear.connections == 2


async def test_a_silent_line_is_left(ear: Ear) -> None:
    """B10: a ticker comes all the time, so none for ten seconds is a line that died."""
    ear.marks.hold(["BTCUSDT"])
    await ear.hear("BTCUSDT", "64000.5")
    ear.exchange.faults.set("bitget", "mute")
    ear.exchange.bitget.mark("BTCUSDT", "64001.5")
    await ear.clock.advance(TIMING.silent_after)
    await ear.fails("no market data for 10 s")
    ear.exchange.faults.clear("bitget")
    await wait_until(lambda: ear.clock.sleepers)
    await ear.clock.advance(RETRY_S)
    await ear.hear("BTCUSDT", "64002.5")


async def test_a_line_whose_pings_are_not_answered_is_left(ear: Ear) -> None:
    """B10: although prices come."""
    ear.exchange.faults.set("bitget", "swallow_pongs")
    ear.marks.hold(["BTCUSDT"])
    for number in range(7):
        await ear.hear("BTCUSDT", f"6400{number}.5")
        await ear.clock.advance(5.0)
    await ear.fails("no pong for 10 s")


async def test_a_symbol_that_the_venue_does_not_know_costs_no_other_one(ear: Ear) -> None:
    """M-08: it is told to staff, and the line goes on."""
    ear.marks.hold(["NOPEUSDT", "BTCUSDT"])
    await ear.hear("BTCUSDT", "64000.5")
    await ear.fails("the venue does not understand what we asked")
    assert ear.connections == 1


async def test_close_of_the_public_line_is_told_without_the_words_of_the_venue(
    ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    """S11: neither to staff, nor in the log."""
    caplog.set_level(logging.INFO)
    ear.marks.hold(["BTCUSDT"])
    await ear.hear("BTCUSDT", "64000.5")
    ear.exchange.faults.set("bitget", "close", code=4001, reason="words of theirs")
    await ear.fails("the venue closed the session with 4001")
    assert "words of theirs" not in f"{ear.failed}{caplog.messages}"
