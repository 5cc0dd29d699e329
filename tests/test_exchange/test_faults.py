"""Each fault of the replay exchange does what it says, until it is cleared."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import aiohttp
import pytest
from websockets.exceptions import InvalidHandshake, InvalidStatus

from tests.exchange.dialect import Limits
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.test_exchange.client import dial, hear, hear_close, say, wait_until

TRADES = "/binance/ws/btcusdt@trade"
PRICE = Decimal("76000.10")


def trade(exchange: Exchange) -> None:
    exchange.trade("binance", "BTC-USDT", PRICE)


async def test_mute_stops_data_but_not_acknowledgements(exchange: Exchange) -> None:
    """A muted venue still answers; the trades it kept to itself are a gap."""
    async with dial(exchange, TRADES) as socket:
        exchange.faults.set("binance", "mute")
        trade(exchange)
        await say(socket, method="LIST_SUBSCRIPTIONS", id=1)
        assert (await hear(socket))["id"] == 1
        await (await socket.ping())
        exchange.faults.clear("binance")
        trade(exchange)
        assert (await hear(socket))["t"] == 1001
    assert [sent.trade_id for sent in exchange.ledger] == ["1001"]


async def test_what_a_fault_struck_is_counted(exchange: Exchange) -> None:
    """A fault that is set and meets nobody has no hits; each frame, connection and attempt that it strikes is one."""
    exchange.faults.set("binance", "hang_up")
    exchange.faults.set("binance", "mute")
    assert not exchange.faults.hits
    async with dial(exchange, TRADES) as socket:
        trade(exchange)
        trade(exchange)
        exchange.faults.set("binance", "refuse")
        with pytest.raises(InvalidStatus):
            await dial(exchange, TRADES)
        exchange.faults.set("binance", "close")
        await hear_close(socket)
    assert exchange.faults.hits == {("binance", "mute"): 2, ("binance", "refuse"): 1, ("binance", "close"): 1}


async def test_hang_up_cuts_without_a_close_frame(exchange: Exchange) -> None:
    """The client sees 1006; a new connection is welcome."""
    async with dial(exchange, TRADES) as socket:
        exchange.faults.set("binance", "hang_up")
        assert await hear_close(socket) == 1006
    await wait_until(lambda: exchange.connections[0].close_code == 1006)
    async with dial(exchange, TRADES) as socket:
        trade(exchange)
        await hear(socket)


@pytest.mark.parametrize("code", [1000, 1001, 1005, 1012, 4001])
async def test_close_is_polite_and_carries_its_code(exchange: Exchange, code: int) -> None:
    """Any code can be sent, 1005 being a close frame without one."""
    async with dial(exchange, TRADES) as socket:
        exchange.faults.set("*", "close", code=code, reason="" if code == 1005 else "moved")
        assert await hear_close(socket) == code
    await wait_until(lambda: exchange.connections[-1].close_code == code)


async def test_notice_is_the_venues_warning(exchange: Exchange) -> None:
    """The warning comes alone; the connection goes on."""
    async with dial(exchange, TRADES) as socket:
        exchange.faults.set("binance", "notice")
        assert (await hear(socket))["e"] == "serverShutdown"
        trade(exchange)
        assert (await hear(socket))["e"] == "trade"


async def test_refuse_answers_with_a_status(exchange: Exchange) -> None:
    """New connections get the status and the Retry-After asked for; REST is not touched."""
    exchange.faults.set("binance", "refuse", status=429, retry_after=7)
    with pytest.raises(InvalidStatus) as refusal:
        await dial(exchange, TRADES)
    assert refusal.value.response.status_code == 429
    assert refusal.value.response.headers["Retry-After"] == "7"
    async with aiohttp.ClientSession() as session, session.get(f"{exchange.url}/binance/api/v3/time") as answer:
        assert answer.status == 200


async def test_refuse_with_status_zero_drops_the_connection(exchange: Exchange) -> None:
    """TCP is accepted, then nothing is answered."""
    exchange.faults.set("binance", "refuse", status=0)
    with pytest.raises((InvalidHandshake, EOFError, ConnectionError)) as failure:
        await dial(exchange, TRADES)
    assert not isinstance(failure.value, InvalidStatus)


async def test_refuse_rest_leaves_sockets_alone(exchange: Exchange) -> None:
    """The backfill can fail while the stream is well."""
    exchange.faults.set("*", "refuse_rest", status=500)
    async with aiohttp.ClientSession() as session, session.get(f"{exchange.url}/htx/v1/common/timestamp") as answer:
        assert answer.status == 500
    async with dial(exchange, TRADES):
        pass


async def test_slow_delays_every_frame(exchange: Exchange) -> None:
    """A frame comes late by the delay, in its turn, and not earlier."""
    exchange.faults.set("binance", "slow", delay_ms=80)
    async with dial(exchange, TRADES) as socket:
        (made,) = exchange.trade("binance", "BTC-USDT", PRICE)
        message = await hear(socket)
    assert message["t"] == made.trade_id
    assert (exchange.clock() - made.traded_at).total_seconds() >= 0.08


async def test_swallowed_pings_stay_unanswered(exchange: Exchange) -> None:
    """The pong never comes, the data does."""
    exchange.faults.set("binance", "swallow_pongs")
    async with dial(exchange, TRADES) as socket:
        pong = asyncio.ensure_future(await socket.ping())
        await wait_until(lambda: exchange.connections[-1].frames_received == 1)
        trade(exchange)
        assert (await hear(socket))["t"] == 1000
        assert not pong.done()
        pong.cancel()


async def test_reject_refuses_subscriptions_in_the_venues_words(exchange: Exchange) -> None:
    """Binance has an error frame with a code, HTX one with hyphenated keys."""
    exchange.faults.set("*", "reject")
    async with dial(exchange, "/binance/ws") as binance, dial(exchange, "/htx/ws") as htx:
        await say(binance, method="SUBSCRIBE", params=["btcusdt@trade"], id=1)
        await say(htx, sub="market.btcusdt.bbo", id=1)
        assert (await hear(binance))["code"] == 2
        assert (await hear(htx))["err-code"] == "bad-request"
    assert [connection.topics for connection in exchange.connections] == [[], []]


async def test_duplicate_sends_each_trade_twice(exchange: Exchange) -> None:
    """The ledger tells both."""
    exchange.faults.set("binance", "duplicate")
    async with dial(exchange, TRADES) as socket:
        trade(exchange)
        assert await hear(socket) == await hear(socket)
    assert [sent.trade_id for sent in exchange.ledger] == ["1000", "1000"]


async def test_drop_keeps_every_third_frame_back(exchange: Exchange) -> None:
    """What was not sent has happened all the same: REST tells it, and the ledger knows that it was not sent."""
    exchange.faults.set("binance", "drop", every=3)
    async with dial(exchange, TRADES) as socket:
        for _ in range(6):
            trade(exchange)
        heard = [(await hear(socket))["t"] for _ in range(4)]
    assert heard == [1000, 1001, 1003, 1004]
    assert [sent.trade_id for sent in exchange.ledger] == ["1000", "1001", "1003", "1004"]
    assert [happened.trade_id for happened in exchange.ledger.happened] == list(range(1000, 1006))
    path = "/binance/api/v3/historicalTrades?symbol=BTCUSDT&fromId=1000"
    async with aiohttp.ClientSession() as session, session.get(exchange.url + path) as answer:
        assert [row["id"] for row in await answer.json()] == list(range(1000, 1006))


async def test_shuffle_reorders_within_its_window(exchange: Exchange) -> None:
    """No frame is overtaken by as many as the window has, and none is lost; what is held leaves when it is over."""
    exchange.faults.set("binance", "shuffle", window=50)
    async with dial(exchange, TRADES) as socket:
        for _ in range(200):
            trade(exchange)
        exchange.faults.clear("binance")
        trade(exchange)
        heard = [(await hear(socket))["t"] for _ in range(201)]
    assert sorted(heard) == list(range(1000, 1201))
    assert heard != sorted(heard)
    overtaken_by = [sum(later > number for later in heard[:place]) for place, number in enumerate(heard)]
    assert 10 < max(overtaken_by) < 50


async def test_drop_and_garbage_add_up(exchange: Exchange) -> None:
    """A venue's faults add up: the frame that is not sent is heard in halves."""
    exchange.faults.set("binance", "drop", every=2)
    exchange.faults.set("binance", "garbage", every=2)
    async with dial(exchange, TRADES) as socket:
        for _ in range(4):
            trade(exchange)
        frames = [str(await socket.recv()) for _ in range(4)]
    assert [frame.endswith("}") for frame in frames] == [True, False, True, False]


async def test_garbage_is_a_cut_frame_among_good_ones(exchange: Exchange) -> None:
    """After every second frame comes half of it again, and no trade is lost."""
    exchange.faults.set("binance", "garbage", every=2)
    async with dial(exchange, TRADES) as socket:
        for _ in range(4):
            trade(exchange)
        frames = [str(await socket.recv()) for _ in range(6)]
    assert [frame.endswith("}") for frame in frames] == [True, True, False, True, True, False]
    assert len(exchange.ledger) == 4


async def test_fault_of_one_venue_leaves_the_other_alone(exchange: Exchange) -> None:
    """A muted Binance does not mute HTX."""
    exchange.faults.set("binance", "mute")
    async with dial(exchange, "/htx/ws") as socket:
        await say(socket, sub="market.btcusdt.trade.detail", id=1)
        await hear(socket)
        exchange.trade("htx", "BTC-USDT", PRICE)
        assert "tick" in await hear(socket)


async def test_heartbeats_go_on_while_mute() -> None:
    """Only heartbeats come from a muted venue."""
    market = RandomMarket(rate=100)
    async with Exchange(market=market, limits={"htx": Limits(beat_every=0.02)}) as exchange:
        exchange.faults.set("htx", "mute")
        async with dial(exchange, "/htx/ws") as socket:
            await say(socket, sub="market.btcusdt.trade.detail", id=1)
            messages = [await hear(socket) for _ in range(3)]
    assert sorted(next(iter(message)) for message in messages) == ["id", "ping", "ping"]
