"""A session with each of the seven venues, at an exchange that goes by the test's clock."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from feeds.connection.stall import SessionTiming
from feeds.errors import PongMissing, Silent, SubscriptionRefused
from feeds.types import Notice, Quote, Refused, Subscribed, Trade
from feeds.venues import REGISTRY
from tests.clock import ManualClock
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.feeds.connection.listener import PRICE, connect, expect, hear, hear_end, hear_trade, listening, pass_time
from tests.waiting import wait_until

TOPICS = {
    "binance": ["btcusdt@trade", "btcusdt@bookTicker"],
    "kucoin": ["/market/match:BTC-USDT", "/market/ticker:BTC-USDT"],
    "bybit": ["publicTrade.BTCUSDT", "orderbook.1.BTCUSDT"],
    "okx": ["trades:BTC-USDT", "bbo-tbt:BTC-USDT"],
    "htx": ["market.btcusdt.trade.detail", "market.btcusdt.bbo"],
    "kraken": ["trade:BTC/USDT", "ticker:BTC/USDT"],
    "gateio": ["spot.trades:BTC_USDT", "spot.book_ticker:BTC_USDT"],
}
# How often each is told that we are there, beside its own pings, and how many messages the subscription takes.
PINGED_EVERY = {"binance": 30.0, "kucoin": 18.0, "bybit": 20.0, "okx": 20.0, "kraken": 20.0, "gateio": 15.0}
MESSAGES = {"binance": 1, "kucoin": 2, "bybit": 2, "okx": 2, "kraken": 2, "gateio": 2}
EVERY_VENUE = pytest.mark.parametrize("code", REGISTRY)


@pytest_asyncio.fixture
async def exchange(clock: ManualClock) -> AsyncIterator[Exchange]:
    """A still one. It shares our clock: Gate refuses whose clock differs by a minute."""
    async with Exchange(market=RandomMarket(rate=0, first_id=1000), clock=clock.now) as exchange:
        yield exchange


@EVERY_VENUE
async def test_session_subscribes_trades_and_quotes(exchange: Exchange, clock: ManualClock, code: str) -> None:
    """F-10: the venue has understood the subscription, and trades come with the clock's time."""
    async with listening(exchange, clock, code) as frames:
        connection = await connect(exchange, frames, code)
        assert connection.topics == TOPICS[code]
        received = await hear_trade(exchange, frames, code)
    (trade,) = received.events
    assert isinstance(trade, Trade)
    assert trade.price == PRICE
    assert trade.symbol == REGISTRY[code].symbol("BTC", "USDT")
    assert trade.traded_at == received.received_at == clock.now()


@EVERY_VENUE
async def test_session_is_connected_after_all_acknowledgements_and_data(
    exchange: Exchange, clock: ManualClock, code: str
) -> None:
    """E19: neither is enough without the other; each request is acknowledged once."""
    requests = REGISTRY[code].subscribe([REGISTRY[code].symbol("BTC", "USDT")], clock.now())
    unanswered = {request.key for request in requests}
    async with listening(exchange, clock, code) as frames:
        while unanswered:
            received = await hear(frames)
            unanswered -= {event.key for event in received.events if isinstance(event, Subscribed)}
            assert not received.is_connected
        assert (await hear_trade(exchange, frames, code)).is_connected


@EVERY_VENUE
async def test_quotes_are_heard(clock: ManualClock, code: str) -> None:
    """F-10: best prices come by themselves, in the venue's own form, and are in order."""
    market = RandomMarket(rate=200)
    async with (
        Exchange(market=market, clock=clock.now) as exchange,
        listening(exchange, clock, code, SessionTiming(ping_every=None)) as frames,
    ):
        quotes: list[Quote] = []
        while not quotes:
            quotes = [event for event in (await hear(frames)).events if isinstance(event, Quote)]
    assert quotes[0].bid < quotes[0].ask
    assert quotes[0].symbol == REGISTRY[code].symbol("BTC", "USDT")


@EVERY_VENUE
async def test_refused_subscription_ends_the_session(exchange: Exchange, clock: ManualClock, code: str) -> None:
    """E19: in each venue's words."""
    exchange.faults.set(code, "reject")
    async with listening(exchange, clock, code) as frames:
        with pytest.raises(SubscriptionRefused):
            await hear_end(frames)


@pytest.mark.parametrize("code", ["bybit", "okx", "htx", "kraken", "gateio"])
async def test_unknown_symbol_is_refused(exchange: Exchange, clock: ManualClock, code: str) -> None:
    """E20: where the venue says so; the text goes to the operator."""
    async with listening(exchange, clock, code, bases=("NOSUCH",)) as frames:
        with pytest.raises(SubscriptionRefused, match=r"(?i)nosuch"):
            await hear_end(frames)


@pytest.mark.parametrize("code", ["binance", "kucoin"])
async def test_unknown_symbol_is_silent_elsewhere(exchange: Exchange, clock: ManualClock, code: str) -> None:
    """E8 E20: acknowledged like any other, and left after three seconds."""
    async with listening(exchange, clock, code, bases=("NOSUCH",)) as frames:
        for _ in range(MESSAGES[code] + REGISTRY[code].waits_for_welcome):
            assert not any(isinstance(event, Refused) for event in (await hear(frames)).events)
        next_frame = expect(frames)
        await clock.advance(3.0)
        with pytest.raises(Silent):
            await next_frame


@pytest.mark.parametrize("code", PINGED_EVERY)
async def test_venue_is_pinged_in_its_own_way_as_often_as_it_wants(
    exchange: Exchange, clock: ManualClock, code: str
) -> None:
    """F-07: three pings, three answers that the session understands, and it goes on for more than a minute."""
    async with listening(exchange, clock, code) as frames:
        connection = await connect(exchange, frames, code)
        # The last ping has ten seconds for its answer: a session that did not understand it would be over.
        await pass_time(exchange, frames, clock, PINGED_EVERY[code] * 3 + 12.0, 1.0, code)
        assert connection.frames_received == MESSAGES[code] + 3


@pytest.mark.parametrize("code", PINGED_EVERY)
async def test_missing_pong_ends_a_session_with_data(exchange: Exchange, clock: ManualClock, code: str) -> None:
    """F-07 E10: trades flow, answers to our pings do not: over ten seconds after the first one."""
    exchange.faults.set(code, "swallow_pongs")
    async with listening(exchange, clock, code) as frames:
        await connect(exchange, frames, code)
        with pytest.raises(PongMissing):
            await pass_time(exchange, frames, clock, 60.0, 1.0, code)
    assert clock.monotonic() == PINGED_EVERY[code] + 10.0


@pytest.mark.parametrize("code", ["binance", "okx", "kraken"])
async def test_notice_is_passed_on(exchange: Exchange, clock: ManualClock, code: str) -> None:
    """E17: the warning is an event with the venue's words; the session goes on."""
    async with listening(exchange, clock, code) as frames:
        await connect(exchange, frames, code)
        exchange.faults.set(code, "notice")
        (notice,) = (await hear(frames)).events
        assert isinstance(notice, Notice)
        assert notice.text
        await hear_trade(exchange, frames, code)


@EVERY_VENUE
async def test_leaving_early_closes_politely(exchange: Exchange, clock: ManualClock, code: str) -> None:
    """W2: the venue sees code 1000 when we stop listening."""
    async with listening(exchange, clock, code) as frames:
        connection = await connect(exchange, frames, code)
    await wait_until(lambda: not connection.is_open)
    assert connection.close_code == 1000
    assert clock.sleepers == 0
