"""Two instruments, one of which the best venue does not have: it is followed at the next one meanwhile."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from pytest_django import Settings

from feeds.models import Feed, HealthSnapshot, Instrument, Venue
from feeds.seed import add_listings
from feeds.storage.database import DatabaseThread
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("alone")]
BOTH = ("BTC-USDT", "ETH-USDT")


@pytest_asyncio.fixture
async def lively(settings: Settings, database: DatabaseThread) -> AsyncIterator[Exchange]:
    """Bybit is the best venue, and has no ETH."""

    def prepare() -> None:
        Feed.objects.get().instruments.add(Instrument.objects.create(code="ETH-USDT"))
        add_listings()
        Venue.objects.filter(code__in=["binance", "kucoin"]).update(is_enabled=False)

    await database.run(prepare)
    market = RandomMarket(rate=40, instruments=BOTH, unlisted=[("bybit", "ETH-USDT")])
    async with Exchange(market=market) as exchange:
        settings.REPLAY_EXCHANGE_URL = exchange.url
        yield exchange


async def test_refused_instrument_comes_from_the_next_venue_within_five_seconds(
    lively: Exchange, observer: Observer, database: DatabaseThread
) -> None:
    """E19: the other one stays where it is; a row tells which was refused, and why."""
    async with running():
        await observer.price_from("okx", within=5.0, instrument="ETH-USDT")
        await observer.price_from("bybit")
        assert (await observer.feed()).active == "bybit"
    assert [connection.venue for connection in lively.connections] == ["bybit", "okx"]
    assert set(lively.connections[1].topics) >= {"trades:ETH-USDT", "bbo-tbt:ETH-USDT"}
    row = await database.run(lambda: HealthSnapshot.objects.get(reason__startswith="refused"))
    assert "ETHUSDT" in row.reason


async def test_next_venue_gives_both_when_the_refusing_one_is_lost(lively: Exchange, observer: Observer) -> None:
    """E19: on the connection that it has."""
    async with running():
        await observer.price_from("okx", instrument="ETH-USDT")
        await observer.price_from("bybit")
        lively.faults.set("bybit", "refuse")
        lively.faults.set("bybit", "hang_up")
        await observer.price_from("okx")
        await wait_until(lambda: len(lively.open_connections) == 1)
        assert len(lively.open_connections[0].topics) == 4
    await wait_until(lambda: not lively.open_connections)


async def test_stopped_feed_leaves_both_venues_politely(lively: Exchange, observer: Observer) -> None:
    """W2: both connections see 1000."""
    async with running():
        await observer.price_from("okx", instrument="ETH-USDT")
        await observer.price_from("bybit")
    await wait_until(lambda: not lively.open_connections)
    assert [connection.close_code for connection in lively.connections] == [1000, 1000]


async def test_instrument_that_nobody_has_costs_the_others_nothing(lively: Exchange, observer: Observer) -> None:
    """E19: one venue after another is asked; the leading one keeps its one connection."""
    for code in ("okx", "htx", "kraken", "gateio"):
        lively.faults.set(code, "reject")
    async with running():
        await observer.price_from("bybit")
        await wait_until(lambda: {c.venue for c in lively.connections} == {"bybit", "okx", "htx", "kraken", "gateio"})
        await observer.price_from("bybit")
        assert [connection.venue for connection in lively.connections].count("bybit") == 1


async def test_diverted_instrument_follows_what_an_admin_changes(
    lively: Exchange, observer: Observer, database: DatabaseThread
) -> None:
    """E19: the next venue gives it when this one is switched off, while the leading one stays."""
    async with running():
        await observer.price_from("okx", instrument="ETH-USDT")
        await database.run(lambda: Venue.objects.filter(code="okx").update(is_enabled=False))
        await observer.price_from("htx", instrument="ETH-USDT")
        await wait_until(lambda: {connection.venue for connection in lively.open_connections} == {"bybit", "htx"})
    assert [connection.venue for connection in lively.connections] == ["bybit", "okx", "htx"]
