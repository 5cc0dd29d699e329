"""The usual hour of a symbol, out of stored trades."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec import structs

from feeds.models import Instrument
from feeds.storage.latest import LoggedTrade
from positions.queries.atr import hourly_ranges
from tests.feeds.samples import NOON, logged
from tests.feeds.stored import make_bars, store

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _instrument() -> None:
    Instrument.objects.get_or_create(code="BTC-USDT")


def hours(count: int) -> list[LoggedTrade]:
    """As many hours since noon, in each of which the price goes from 100 to 102 and back."""
    return [
        at(timedelta(hours=hour, seconds=second), price)
        for hour in range(count)
        for second, price in ((0, "100"), (10, "102"), (20, "100"))
    ]


def at(after: timedelta, price: str) -> LoggedTrade:
    traded_at = NOON + after
    return structs.replace(logged(int(after.total_seconds()), price=price), traded_at=traded_at, received_at=traded_at)


def test_the_range_is_of_the_hours_that_are_over() -> None:
    """V-18: fifteen of them, and a wild one that goes on."""
    now = NOON + 15 * HOUR + timedelta(minutes=30)
    store(*hours(15), at(15 * HOUR, "500"))
    make_bars(now)
    assert hourly_ranges(["BTCUSDT"], now) == {"BTCUSDT": Decimal(2)}


def test_without_enough_hours_there_is_no_range() -> None:
    """V-18: and none of a symbol that no feed follows."""
    now = NOON + 14 * HOUR + timedelta(minutes=30)
    store(*hours(14))
    make_bars(now)
    assert hourly_ranges(["BTCUSDT", "NOPEUSDT"], now) == {}


def test_what_is_too_long_ago_does_not_count() -> None:
    """V-18: two days are looked back on."""
    now = NOON + 80 * HOUR
    store(*hours(20))
    make_bars(now)
    assert hourly_ranges(["BTCUSDT"], now) == {}
