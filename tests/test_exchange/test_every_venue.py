"""What holds at every venue: trades reach the ledger, and each shared fault does what it says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidHandshake, InvalidStatus

from tests.exchange.dialects import DIALECTS
from tests.exchange.server import Exchange
from tests.test_exchange.client import dial, hear, hear_close, wait_until
from tests.test_exchange.venues import MANNERS, ask, find_path, greeted

PRICE = Decimal("76000.10")
pytestmark = pytest.mark.parametrize("venue", DIALECTS)


@pytest_asyncio.fixture
async def socket(exchange: Exchange, venue: str) -> AsyncIterator[ClientConnection]:
    """A connection that is subscribed to trades."""
    async with greeted(exchange, venue) as connection:
        await ask(connection, venue)
        yield connection


async def hear_trade(socket: ClientConnection, venue: str) -> None:
    assert MANNERS[venue].is_trade(await hear(socket))


async def test_trade_is_heard_and_noted(exchange: Exchange, venue: str, socket: ClientConnection) -> None:
    """What was sent is in the ledger, number by number."""
    exchange.trade(venue, "BTC-USDT", PRICE)
    await hear_trade(socket, venue)
    (sent,) = exchange.ledger
    assert (sent.venue, sent.trade_id, sent.price, sent.connection) == (venue, "1000", PRICE, 1)


async def test_mute_keeps_trades_back(exchange: Exchange, venue: str, socket: ClientConnection) -> None:
    """The trades of the mute time are a gap; nothing else is lost."""
    exchange.faults.set(venue, "mute")
    exchange.trade(venue, "BTC-USDT", PRICE)
    exchange.faults.clear(venue)
    exchange.trade(venue, "BTC-USDT", PRICE)
    await hear_trade(socket, venue)
    assert [sent.trade_id for sent in exchange.ledger] == ["1001"]


async def test_hang_up_cuts(exchange: Exchange, venue: str, socket: ClientConnection) -> None:
    """The client sees 1006."""
    exchange.faults.set(venue, "hang_up")
    assert await hear_close(socket) == 1006


async def test_close_carries_its_code(exchange: Exchange, venue: str, socket: ClientConnection) -> None:
    """Any code that a venue might use."""
    exchange.faults.set(venue, "close", code=1012)
    assert await hear_close(socket) == 1012


async def test_slow_delays(exchange: Exchange, venue: str, socket: ClientConnection) -> None:
    """The trade comes, late."""
    exchange.faults.set(venue, "slow", delay_ms=50)
    (made,) = exchange.trade(venue, "BTC-USDT", PRICE)
    await hear_trade(socket, venue)
    assert (exchange.clock() - made.traded_at).total_seconds() >= 0.05


async def test_duplicate_repeats(exchange: Exchange, venue: str, socket: ClientConnection) -> None:
    """The same frame twice, and twice in the ledger."""
    exchange.faults.set(venue, "duplicate")
    exchange.trade(venue, "BTC-USDT", PRICE)
    assert await socket.recv() == await socket.recv()
    await wait_until(lambda: len(exchange.ledger) == 2)


async def test_garbage_is_half_a_frame(exchange: Exchange, venue: str, socket: ClientConnection) -> None:
    """After a good frame comes the first half of it."""
    exchange.faults.set(venue, "garbage", every=1)
    exchange.trade(venue, "BTC-USDT", PRICE)
    whole, half = await socket.recv(), await socket.recv()
    assert half == whole[: len(whole) // 2]


async def test_swallowed_pongs_do_not_come(exchange: Exchange, venue: str, socket: ClientConnection) -> None:
    """Neither in the venue's own words nor as a control frame; the data does."""
    exchange.faults.set(venue, "swallow_pongs")
    before = exchange.connections[-1].frames_received
    pong = asyncio.ensure_future(await socket.ping())
    pings = [ping for ping in [MANNERS[venue].ping] if ping]
    for ping in pings:
        await socket.send(ping)
    await wait_until(lambda: exchange.connections[-1].frames_received == before + 1 + len(pings))
    exchange.trade(venue, "BTC-USDT", PRICE)
    await hear_trade(socket, venue)
    assert not pong.done()
    pong.cancel()


async def test_reject_is_in_the_venues_words(exchange: Exchange, venue: str) -> None:
    """A refusal, and no topic."""
    exchange.faults.set(venue, "reject")
    async with greeted(exchange, venue) as socket:
        assert MANNERS[venue].is_refusal(await ask(socket, venue))
    assert exchange.connections[-1].topics == []


async def test_notice_leaves_the_connection_open(exchange: Exchange, venue: str, socket: ClientConnection) -> None:
    """Three venues have a warning; where there is none, nothing is said."""
    exchange.faults.set(venue, "notice")
    exchange.trade(venue, "BTC-USDT", PRICE)
    has_notice = venue in ("binance", "okx", "kraken")
    assert MANNERS[venue].is_trade(await hear(socket)) is not has_notice


async def test_refuse_answers_with_its_status(exchange: Exchange, venue: str) -> None:
    """Status 0 answers nothing at all."""
    path = await find_path(exchange, venue)
    exchange.faults.set(venue, "refuse", status=451)
    with pytest.raises(InvalidStatus) as refusal:
        await dial(exchange, path)
    assert refusal.value.response.status_code == 451
    exchange.faults.set(venue, "refuse", status=0)
    with pytest.raises((InvalidHandshake, EOFError, ConnectionError)):
        await dial(exchange, path)


async def test_ban_is_the_venues_own_answer(exchange: Exchange, venue: str) -> None:
    """As if this were one connection too many; it ends when the fault is cleared."""
    path = await find_path(exchange, venue)
    exchange.faults.set(venue, "ban")
    with pytest.raises(InvalidStatus) as refusal:
        await dial(exchange, path)
    assert refusal.value.response.status_code == DIALECTS[venue].too_many_connects.status
    assert exchange.attempts[-1].is_refused
    exchange.faults.clear()
    async with greeted(exchange, venue):
        assert exchange.open_connections
