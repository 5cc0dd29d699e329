"""An admin at work while a feed runs: what is saved holds within five seconds, and nobody is blind meanwhile."""

from typing import Final

import pytest
from django.test import Client

from feeds.models import FailoverEvent
from feeds.storage.database import DatabaseThread
from tests.exchange.server import Exchange
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running
from tests.feeds.connection.saving import never_use, save_order, save_venue
from tests.feeds.connection.spectator import oldest_age, watching
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

RIGHT_WITHIN_S: Final = 5.0
BLIND_AT_MOST_S: Final = 4.0


async def test_admin_changes_everything_and_nobody_is_blind(
    lively: Exchange, observer: Observer, database: DatabaseThread, admin_client: Client, redis_server: str
) -> None:
    """F-01 F-03: a new order, the leading venue disabled, another never used: each right in 5 s, no gap over 4 s."""
    async with running(), watching(redis_server) as sights:
        await observer.price_from("binance")
        assert await database.run(save_order, admin_client, "htx", "binance", "okx") == 302
        await observer.price_from("htx", RIGHT_WITHIN_S)
        assert await database.run(lambda: save_venue(admin_client, "htx", is_enabled="")) == 302
        await observer.price_from("binance", RIGHT_WITHIN_S)
        assert await database.run(never_use, admin_client, "binance") == 302
        await observer.price_from("okx", RIGHT_WITHIN_S)
        for code in ("htx", "binance"):
            await observer.venue_in_state(code, "disabled")
        await wait_until(lambda: not {"htx", "binance"} & {each.venue for each in lively.open_connections})
    print(f"blind for {oldest_age(sights):.2f} s at most")  # noqa: T201
    assert oldest_age(sights) <= BLIND_AT_MOST_S
    moves = await database.run(
        lambda: list(FailoverEvent.objects.order_by("id").values_list("from_venue", "to_venue", "reason"))
    )
    assert moves[-3:] == [
        ("binance", "htx", "order: it comes before binance"),
        ("htx", "binance", "switched_off: it is not to be used"),
        ("binance", "okx", "switched_off: it is not to be used"),
    ]
