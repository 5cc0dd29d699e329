"""What an admin saves while a feed runs: forms that are really posted, a real exchange, Redis and database."""

import pytest
from django.test import Client
from pytest_django import Settings

from feeds.models import Venue
from feeds.storage.database import DatabaseThread
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running
from tests.feeds.connection.saving import save_order, save_venue
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("alone")]


async def test_new_order_changes_the_next_target_without_a_restart(
    settings: Settings, observer: Observer, database: DatabaseThread, admin_client: Client
) -> None:
    """F-01: saved in the list of the admin while Binance is shown; when Binance falls silent, HTX is next."""
    async with Exchange(market=RandomMarket(rate=40)) as exchange:
        settings.REPLAY_EXCHANGE_URL = exchange.url
        async with running():
            await observer.price_from("binance")
            assert await database.run(save_order, admin_client, "binance", "htx") == 302
            await observer.venue_with("htx", lambda venue: venue.priority == 2)
            exchange.faults.set("binance", "mute")
            await observer.price_from("htx", within=4.0)
    assert {connection.venue for connection in exchange.connections} == {"binance", "htx"}


async def test_new_address_is_connected_to_within_five_seconds(
    settings: Settings, observer: Observer, database: DatabaseThread, admin_client: Client
) -> None:
    """F-02: a local server at that address is enough; the one that is left sees a polite close."""
    async with Exchange(market=RandomMarket(rate=40)) as old, Exchange(market=RandomMarket(rate=40)) as new:
        settings.REPLAY_EXCHANGE_URL = old.url
        url = f"{new.url.replace('http', 'ws')}/binance/stream"
        async with running():
            await observer.price_from("binance")
            assert await database.run(lambda: save_venue(admin_client, "binance", url=url)) == 302
            await wait_until(lambda: new.open_connections and new.open_connections[0].topics, within=5.0)
        await wait_until(lambda: not old.open_connections)
        assert old.connections[0].close_code == 1000
        assert len(new.connections) == 1


async def test_address_that_is_not_allowed_is_left_for_the_next_venue(
    settings: Settings, observer: Observer, database: DatabaseThread
) -> None:
    """S17: written past the form while the feed runs, it is not connected to; the next venue is."""
    async with Exchange(market=RandomMarket(rate=40)) as exchange:
        settings.REPLAY_EXCHANGE_URL = exchange.url
        async with running():
            await observer.price_from("binance")
            await database.run(lambda: Venue.objects.filter(code="binance").update(url="ws://192.0.2.1/stream"))
            await observer.price_from("kucoin", within=5.0)
            await observer.venue_in_state("binance", "disabled")
