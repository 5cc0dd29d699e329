"""Feeds as rows while they run: two of one instrument, and venues that one of them never uses."""

import pytest
from django.test import Client

from feeds.models import Feed, FeedVenue, Instrument
from feeds.storage.database import DatabaseThread
from tests.exchange.server import Exchange
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running
from tests.feeds.connection.saving import never_use
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def add_feed(name: str, first: str) -> None:
    """One of every instrument, with a venue that comes first there."""
    feed = Feed.objects.create(name=name, title=name)
    feed.instruments.set(Instrument.objects.all())
    FeedVenue.objects.create(feed=feed, venue_id=first, priority=1)


@pytest.mark.usefixtures("lively")
async def test_two_feeds_of_one_instrument_show_a_price_each(observer: Observer, database: DatabaseThread) -> None:
    """F-03: each by its own order, beside each other."""
    await database.run(add_feed, "second", "kraken")
    async with running("one"), running("two", feed="second"):
        await observer.price_from("binance")
        assert (await observer.price_from("kraken", feed="second")).feed == "second"
        assert (await observer.any_price()).venue == "binance"


async def test_venue_that_the_feed_shall_never_use_is_left_within_five_seconds(
    lively: Exchange, observer: Observer, database: DatabaseThread, admin_client: Client
) -> None:
    """F-03: saved in the admin while its price is shown."""
    async with running():
        await observer.price_from("binance")
        assert await database.run(never_use, admin_client, "binance") == 302
        await observer.price_from("kucoin", within=5.0)
        await observer.venue_in_state("binance", "disabled")
        await wait_until(lambda: all(connection.venue != "binance" for connection in lively.open_connections))
