"""All seven venues, lost one after the other: a real exchange, a real Redis, a real database, and the real clock."""

import pytest
from pytest_django import Settings

from feeds.models import FailoverEvent, Venue
from feeds.storage.database import DatabaseThread
from feeds.venues import REGISTRY
from tests.exchange.faults import FaultName
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("alone")]


@pytest.mark.parametrize("faults", [("refuse", "hang_up"), ("mute",)], ids=["refused", "mute"])
async def test_feed_walks_through_all_venues_and_back_to_the_first(
    settings: Settings, observer: Observer, database: DatabaseThread, faults: tuple[FaultName, ...]
) -> None:
    """F-03: each time the next one in the order is shown; when the last is lost, the first is back."""
    order = list(REGISTRY)
    await database.run(lambda: Venue.objects.update(silent_after=0.5))
    async with Exchange(market=RandomMarket(rate=40)) as exchange:
        settings.REPLAY_EXCHANGE_URL = exchange.url
        async with running():
            for code in order:
                await observer.price_from(code, within=10.0)
                if code == order[-1]:
                    exchange.faults.clear(order[0])
                for fault in faults:
                    exchange.faults.set(code, fault)
            # By now each venue is tried every 12 s, one after the other.
            await observer.price_from(order[0], within=20.0)
    switches = await database.run(
        lambda: list(FailoverEvent.objects.order_by("id").values_list("from_venue", "to_venue"))
    )
    assert switches == list(zip(order, [*order[1:], order[0]], strict=True))
