"""Trades that wait for a confirmation: stored with the reason, released by being logged once more without it."""

from datetime import timedelta

import pytest
from msgspec import structs

from feeds.models import Candle, Trade
from feeds.storage.drain import Drain
from tests.feeds.samples import NOON, logged
from tests.feeds.storage.log import append
from tests.redis_server import RedisServer

pytestmark = pytest.mark.django_db(transaction=True)

HELD = structs.replace(logged(1), quarantine="jump")


def stored() -> dict[str, str]:
    return dict(Trade.objects.values_list("trade_id", "quarantine"))


def test_a_trade_in_quarantine_is_stored_with_its_reason_and_in_no_bar(drain: Drain, shared_redis: RedisServer) -> None:
    """V-06: it may have happened, so it is kept."""
    append(shared_redis, HELD)
    drain.step()
    assert stored() == {"1": "jump"}
    assert not Candle.objects.exists()


def test_a_trade_from_the_future_makes_no_bar_there(drain: Drain, shared_redis: RedisServer) -> None:
    """E27: one wrong timestamp begins no bar in 2036."""
    append(shared_redis, structs.replace(logged(1), traded_at=NOON.replace(year=2036), quarantine="clock"), logged(2))
    drain.step()
    assert [candle.start_at for candle in Candle.objects.all()] == [NOON]


@pytest.mark.parametrize("batches", [1, 2])
def test_a_released_trade_counts_like_any_other(drain: Drain, shared_redis: RedisServer, batches: int) -> None:
    """V-06: no trade of a real crash is lost, also where both entries come in one batch; the other ones stay held."""
    append(shared_redis, HELD, structs.replace(logged(2), quarantine="clock"))
    if batches == 2:
        drain.step()
    append(shared_redis, logged(1))
    drain.step()
    assert stored() == {"1": "", "2": "clock"}
    candle = Candle.objects.get()
    assert (candle.start_at, candle.is_due) == (NOON, True)


def test_a_release_that_is_delivered_before_a_repeat_of_the_doubt_stands(
    drain: Drain, shared_redis: RedisServer
) -> None:
    """E25: the recorder repeats a batch that it is not sure of; what was released stays released."""
    append(shared_redis, HELD, logged(1))
    drain.step()
    append(shared_redis, HELD)
    drain.step()
    assert stored() == {"1": ""}


def test_a_release_of_another_venue_or_instrument_releases_nothing_else(
    drain: Drain, shared_redis: RedisServer
) -> None:
    """V-06: ids are unique for a venue and an instrument only."""
    append(shared_redis, HELD, logged(1, venue="htx", price="1.5"))
    drain.step()
    append(shared_redis, structs.replace(logged(1, venue="htx"), traded_at=NOON + timedelta(hours=1)))
    drain.step()
    assert Trade.objects.get(venue="binance").quarantine == "jump"
