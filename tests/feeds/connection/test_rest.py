"""What the REST of each of the seven venues says, asked at an exchange that goes by the test's clock."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest
import pytest_asyncio

from feeds.connection.rest import RestClient
from feeds.errors import BadFrame, ConnectFailed
from feeds.market.gap import Gap, Mark, Page
from feeds.storage.allowance import Allowance, LeftAlone
from feeds.storage.live import LiveStore
from feeds.types import Side, Trade
from feeds.venues import REGISTRY
from feeds.venues.rest import CallRefused
from tests.clock import ManualClock
from tests.exchange.market import RandomMarket
from tests.exchange.market import Trade as Taped
from tests.exchange.server import Exchange
from tests.feeds.connection.listener import hear_trade, listening
from tests.waiting import finish

EVERY_VENUE = pytest.mark.parametrize("code", REGISTRY)
TAILS: Final = ("kucoin", "bybit", "htx")
# Taker orders on the tape, every third with two trades: more than two pages of any venue that has pages.
ORDERS: Final = 1800
PRICE: Final = Decimal("76000.10")


@pytest_asyncio.fixture
async def exchange(clock: ManualClock) -> AsyncIterator[Exchange]:
    async with Exchange(market=RandomMarket(rate=0, first_id=1000), clock=clock.now) as exchange:
        yield exchange


@pytest_asyncio.fixture
async def store() -> AsyncIterator[LiveStore]:
    """No Redis at all: what is allowed then goes by the test's clock."""
    store = LiveStore("redis://127.0.0.1:9")
    yield store
    await store.close()


def client_of(exchange: Exchange, store: LiveStore, clock: ManualClock, code: str) -> RestClient:
    """The venue's REST at the exchange."""
    venue = REGISTRY[code]
    path = venue.rest.url.removeprefix("https://").partition("/")[2]
    return RestClient(venue, f"{exchange.url}/{code}/{path}", Allowance(store, clock), clock)


def symbol_of(code: str) -> str:
    return REGISTRY[code].symbol("BTC", "USDT")


async def trade_much(exchange: Exchange, clock: ManualClock, code: str) -> list[Trade]:
    """A tape with a burst in every third moment, as the venue has to tell it."""
    for number in range(ORDERS):
        sizes = [Decimal("0.01")] * (2 if number % 3 == 0 else 1)
        exchange.trade(code, "BTC-USDT", PRICE + number % 7, sizes, "sell" if number % 2 else "buy")
        await clock.advance(0.005)
    return [as_told(trade) for trade in exchange.market.trades(code, symbol_of(code))]


def as_told(trade: Taped) -> Trade:
    return Trade(trade.symbol, str(trade.trade_id), trade.price, trade.size, Side(trade.side), trade.traded_at)


def mark(trade: Trade) -> Mark:
    return Mark(trade.trade_id, trade.traded_at)


async def pages_of(asked: RestClient, gap: Gap, clock: ManualClock) -> list[Page]:
    async def collect() -> list[Page]:
        return [page async for page in asked.trades_in(gap)]

    return await finish(collect(), clock)


def found(pages: list[Page]) -> list[Trade]:
    """All trades of the pages, by their ids."""
    return sorted((trade for page in pages for trade in page.trades), key=lambda trade: int(trade.trade_id))


@EVERY_VENUE
@pytest.mark.parametrize("ahead", [-7.0, 0.0, 3.25])
async def test_skew_is_how_far_the_venue_is_ahead(
    clock: ManualClock, store: LiveStore, code: str, ahead: float
) -> None:
    """E27: to the millisecond; Kraken tells whole seconds."""
    async with Exchange(clock=lambda: clock.now() + timedelta(seconds=ahead)) as exchange:
        skew = await client_of(exchange, store, clock, code).skew()
    assert skew == pytest.approx(ahead, abs=0.5 if code == "kraken" else 0.001)


@EVERY_VENUE
async def test_instruments_are_found_under_their_symbols(clock: ManualClock, store: LiveStore, code: str) -> None:
    """F-10: all of them, or the one that is asked for; in the spelling of the socket."""
    market = RandomMarket(rate=0, instruments=["BTC-USDT", "ETH-USDT", "ETH-BTC"])
    venue = REGISTRY[code]
    async with Exchange(market=market, clock=clock.now) as exchange:
        asked = client_of(exchange, store, clock, code)
        every = await finish(asked.instruments(), clock)
        (one,) = await finish(asked.instruments(venue.symbol("ETH", "BTC")), clock)
    assert {(listed.base, listed.quote) for listed in every} == {("BTC", "USDT"), ("ETH", "USDT"), ("ETH", "BTC")}
    assert all(listed.symbol == venue.symbol(listed.base, listed.quote) for listed in every)
    assert one in every
    assert one.is_trading


@EVERY_VENUE
async def test_recent_trades_are_the_end_of_the_tape(
    exchange: Exchange, clock: ManualClock, store: LiveStore, code: str
) -> None:
    """V-06: oldest first, exactly as they were made, as many as the venue gives."""
    tape = await trade_much(exchange, clock, code)
    recent = await client_of(exchange, store, clock, code).recent_trades(symbol_of(code))
    many = {"binance": 1000, "kucoin": 100, "bybit": 60, "okx": 500, "htx": len(tape), "kraken": 1000, "gateio": 1000}
    assert recent == tape[-many[code] :]


@EVERY_VENUE
async def test_streamed_trade_is_the_same_over_rest(
    exchange: Exchange, clock: ManualClock, store: LiveStore, code: str
) -> None:
    """V-06: id and all, so that a trade which streams and fills a gap as well is stored once."""
    async with listening(exchange, clock, code) as frames:
        while not (exchange.connections and exchange.connections[-1].topics):
            await anext(frames)
        streamed = (await hear_trade(exchange, frames, code)).events
    recent = await client_of(exchange, store, clock, code).recent_trades(symbol_of(code))
    assert recent[-1:] == streamed


@pytest.mark.parametrize("code", [code for code in REGISTRY if code not in TAILS])
@pytest.mark.parametrize("is_open", [False, True])
async def test_gap_is_filled_exactly(
    exchange: Exchange, clock: ManualClock, store: LiveStore, code: str, is_open: bool
) -> None:
    """E33 V-06: over several pages, with both marks inside a burst, every trade between them once and none else."""
    tape = await trade_much(exchange, clock, code)
    gap = Gap(symbol_of(code), mark(tape[100]), None if is_open else mark(tape[-100]))
    pages = await pages_of(client_of(exchange, store, clock, code), gap, clock)
    assert found(pages) == (tape[101:] if is_open else tape[101:-100])
    assert len(pages) >= 3
    assert pages[-1].missing is None


@pytest.mark.parametrize(("code", "most"), [("kucoin", 100), ("bybit", 60), ("htx", 2000)])
async def test_tail_fills_what_it_has_and_says_what_it_has_not(
    exchange: Exchange, clock: ManualClock, store: LiveStore, code: str, most: int
) -> None:
    """E33 V-06: a short gap is filled exactly, of a long one the end; what is before that stays missing."""
    tape = await trade_much(exchange, clock, code)
    asked = client_of(exchange, store, clock, code)
    short = await pages_of(asked, Gap(symbol_of(code), mark(tape[-50]), mark(tape[-10])), clock)
    assert (found(short), short[0].missing) == (tape[-49:-10], None)
    long = Gap(symbol_of(code), mark(tape[0]), mark(tape[-10]))
    (page,) = await pages_of(asked, long, clock)
    assert page.trades == tape[1:-10][-(most - 10) :] if code != "htx" else page.trades == tape[1:-10]
    missing = None if code == "htx" else long._replace(before=mark(tape[-most]))
    assert page.missing == missing


async def test_gap_of_a_quiet_time_is_one_empty_page(exchange: Exchange, clock: ManualClock, store: LiveStore) -> None:
    """V-06: nothing was missed, and that is known."""
    first, second = exchange.trade("binance", "BTC-USDT", PRICE, [Decimal(1), Decimal(1)])
    gap = Gap("BTCUSDT", mark(as_told(first)), mark(as_told(second)))
    assert await pages_of(client_of(exchange, store, clock, "binance"), gap, clock) == [Page([])]


@EVERY_VENUE
async def test_unknown_symbol_is_refused_in_the_venues_words(
    exchange: Exchange, clock: ManualClock, store: LiveStore, code: str
) -> None:
    """E20: and nobody stays away from the venue for that."""
    asked = client_of(exchange, store, clock, code)
    with pytest.raises(CallRefused) as refusal:
        await asked.recent_trades(REGISTRY[code].symbol("NOSUCH", "USDT"))
    assert refusal.value.cool_off == 0.0
    assert refusal.value.words
    await finish(asked.recent_trades(symbol_of(code)), clock)


@EVERY_VENUE
@pytest.mark.parametrize(
    ("status", "retry_after", "wait"),
    [
        (429, 7, 7.0),
        (429, None, 60.0),
        (418, "Fri, 20 Nov 2026 12:02:30 GMT", 150.0),
        (429, "-5", 60.0),
        (429, "0", 1.0),
        (429, "99999999999", 86_400.0),
        (403, None, 600.0),
    ],
)
async def test_one_refusal_keeps_everybody_away(
    exchange: Exchange,
    clock: ManualClock,
    redis_server: str,
    code: str,
    status: int,
    retry_after: str | int | None,
    wait: float,
) -> None:
    """E5: whoever was refused, another worker asks nothing of the venue for as long as it wants."""
    exchange.faults.set(code, "refuse_rest", status=status, retry_after=retry_after)
    store = LiveStore(redis_server)
    with pytest.raises(CallRefused) as refusal:
        await client_of(exchange, store, clock, code).recent_trades(symbol_of(code))
    assert (refusal.value.status, refusal.value.cool_off) == (status, wait)
    exchange.faults.clear()
    left = await Allowance(store, ManualClock()).ask(code, "rest", REGISTRY[code].rest.budget)
    assert wait - 1.0 < left <= wait
    if wait > 60.0:
        with pytest.raises(LeftAlone, match="left alone for another"):
            await client_of(exchange, store, clock, code).skew()
    assert len(exchange.attempts) == 1
    await store.close()


async def test_filling_stops_at_the_first_refusal(exchange: Exchange, clock: ManualClock, store: LiveStore) -> None:
    """V-06 E5: the page before it stays; the venue is asked no second time."""
    tape = await trade_much(exchange, clock, "binance")
    pages = client_of(exchange, store, clock, "binance").trades_in(Gap("BTCUSDT", mark(tape[0])))
    page = await anext(pages)
    exchange.faults.set("binance", "refuse_rest", status=429)
    with pytest.raises(CallRefused):
        await anext(pages)
    assert page.trades == tape[1:1001]
    assert [attempt.is_refused for attempt in exchange.attempts] == [False, True]


@pytest.mark.parametrize(("code", "calls", "within"), [("kraken", 1, 5.0), ("okx", 4, 2.0), ("gateio", 40, 10.0)])
async def test_filling_leaves_four_fifths_of_the_budget(
    exchange: Exchange, clock: ManualClock, store: LiveStore, code: str, calls: int, within: float
) -> None:
    """V-06: a fifth of what the venue allows, in any of its spans."""
    tape = await trade_much(exchange, clock, code)
    gap = Gap(symbol_of(code), mark(tape[0]), mark(tape[-1]))
    await pages_of(client_of(exchange, store, clock, code), gap, clock)
    asked_at = [attempt.attempted_at for attempt in exchange.attempts]
    assert len(asked_at) >= 3
    for first, later in zip(asked_at, asked_at[calls:], strict=False):
        assert later - first >= timedelta(seconds=within)


async def test_failure_of_the_network_is_typed(exchange: Exchange, clock: ManualClock, store: LiveStore) -> None:
    """E1 E6: nobody answers; an answer that is none; an address without anybody."""
    asked = client_of(exchange, store, clock, "binance")
    exchange.faults.set("binance", "refuse_rest", status=0)
    with pytest.raises(ConnectFailed):
        await asked.skew()
    nowhere = RestClient(REGISTRY["binance"], f"{exchange.url}/kucoin/", Allowance(store, clock), clock)
    with pytest.raises(CallRefused, match="HTTP 404"):
        await nowhere.skew()
    wrong = RestClient(REGISTRY["binance"], f"{exchange.url}/control?", Allowance(store, clock), clock)
    with pytest.raises(BadFrame):
        await wrong.skew()
