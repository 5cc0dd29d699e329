"""What a feed shows, and how far it may be trusted: a real exchange, a real Redis, a real database."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Final

import pytest
import pytest_asyncio

from feeds.models import Feed
from feeds.storage import latest
from feeds.storage.database import DatabaseThread
from tests.exchange.server import Exchange
from tests.faults.trading import CALM, INSTRUMENT, trading
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running
from tests.feeds.connection.spectator import Sight, watching
from tests.waiting import wait_for, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

Prices = dict[str, Decimal]
SPIKE: Final = CALM * 10
CRASH: Final = CALM * Decimal("0.7")
CRASH_WITHIN_S: Final = 3.0


@pytest_asyncio.fixture
async def prices(exchange: Exchange) -> AsyncIterator[Prices]:
    """Every venue trades at its price, twenty times a second."""
    async with trading(exchange) as prices:
        yield prices


async def has_passport(observer: Observer, status: str) -> latest.Passport:
    """The passport of the shown price, once it says this."""

    async def look() -> latest.Passport | None:
        passport = (await observer.any_price()).passport
        return passport if passport and passport.status == status else None

    return await wait_for(look)


async def has_logged(observer: Observer, venue: str, price: Decimal, quarantine: str) -> None:
    async def look() -> bool | None:
        logged = await observer.logged()
        return any(each == (venue, price, quarantine) for each in map(_outline, logged)) or None

    await wait_for(look)


def _outline(trade: latest.LoggedTrade) -> tuple[str, Decimal, str]:
    return trade.venue, trade.price, trade.quarantine


async def lost(exchange: Exchange, observer: Observer) -> set[tuple[str, str]]:
    """The trades that were sent and are not in the log."""
    return {(sent.venue, sent.trade_id) for sent in exchange.ledger} - {
        (trade.venue, trade.trade_id) for trade in await observer.logged()
    }


@pytest.mark.usefixtures("prices")
async def test_trade_at_ten_times_the_price_is_never_shown(
    exchange: Exchange, observer: Observer, redis_server: str
) -> None:
    """E28 V-06: on the leading venue; it is in the log as what it is, and the price goes on without it."""
    async with running(), watching(redis_server) as sights:
        await has_passport(observer, "consensus")
        (spike,) = exchange.trade("binance", INSTRUMENT, SPIKE)
        await has_logged(observer, "binance", SPIKE, "jump")
        before = len(sights)
        await wait_until(lambda: len(sights) >= before + 20)
    assert {sight.price.price for sight in sights} == {CALM}
    found = [trade for trade in await observer.logged() if trade.trade_id == str(spike.trade_id)]
    assert [trade.quarantine for trade in found if trade.venue == "binance"] == ["jump"]
    assert await lost(exchange, observer) == set()


async def test_crash_on_two_venues_is_shown_within_three_seconds(
    exchange: Exchange, observer: Observer, redis_server: str, prices: Prices
) -> None:
    """E28 V-06: 30 % down; no trade of it is missing, and what was held is logged once more as a price."""
    async with running(), watching(redis_server) as sights:
        await has_passport(observer, "consensus")
        crashed_at = exchange.clock()
        prices |= {"binance": CRASH, "kucoin": CRASH}
        await wait_until(lambda: sights[-1].price.price == CRASH, CRASH_WITHIN_S)
        took = (first_sight(sights, CRASH).at - crashed_at).total_seconds()
    print(f"the crash was shown after {took:.2f} s")  # noqa: T201
    assert took <= CRASH_WITHIN_S
    logged = [trade for trade in await observer.logged() if trade.price == CRASH]
    held = {(trade.venue, trade.trade_id) for trade in logged if trade.quarantine}
    assert held
    assert held <= {(trade.venue, trade.trade_id) for trade in logged if not trade.quarantine}
    assert await lost(exchange, observer) == set()


def first_sight(sights: list[Sight], price: Decimal) -> Sight:
    return next(sight for sight in sights if sight.price.price == price)


@pytest.mark.usefixtures("prices")
async def test_price_that_three_venues_tell_has_a_passport_that_says_so(observer: Observer) -> None:
    """V-07 F-23: the standbys are asked as well; the log says which trades are theirs."""
    async with running():
        said = await has_passport(observer, "consensus")
        assert (said.consensus, said.agreeing, said.sources, said.spread_bps) == (CALM, 3, 3, 0.0)
    standbys = {trade.venue for trade in await observer.logged() if trade.is_standby}
    assert standbys >= {"kucoin", "bybit"}
    assert "binance" not in {trade.venue for trade in (await observer.logged())[-20:] if trade.is_standby}


@pytest.mark.usefixtures("prices", "alone")
async def test_price_without_a_standby_is_a_single_source(exchange: Exchange, observer: Observer) -> None:
    """V-07: it is shown, and nobody is said to agree."""
    async with running():
        said = await has_passport(observer, "single source")
        assert (said.agreeing, said.sources, said.spread_bps, said.consensus) == (1, 1, None, CALM)
    assert {connection.venue for connection in exchange.connections} == {"binance"}


async def test_prices_of_two_venues_that_differ_are_disputed(
    observer: Observer, database: DatabaseThread, prices: Prices
) -> None:
    """V-07: more than 25 bps apart, and nobody can tell who is right; the leading venue's is shown."""
    await database.run(lambda: Feed.objects.update(standbys=1))
    prices["kucoin"] = CALM * Decimal("1.004")
    async with running():
        said = await has_passport(observer, "disputed")
        assert (said.agreeing, said.sources, said.consensus) == (0, 2, CALM * Decimal("1.002"))
        assert (await observer.any_price()).price == CALM
