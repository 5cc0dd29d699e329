"""Bars out of the database: which venue's, how wide, how far to be trusted."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from msgspec import structs
from pytest_django import DjangoAssertNumQueries

from feeds import queries
from feeds.market.candles import MINUTE, Candle, Status
from feeds.models import Gap
from feeds.storage.bars import mark_due
from feeds.storage.latest import LoggedTrade
from tests.feeds.samples import NOON, logged
from tests.feeds.stored import make_bars, store

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LATER = NOON + 2 * HOUR


def traded(minute: int, price: str, venue: str = "binance") -> LoggedTrade:
    """A trade of this minute."""
    return structs.replace(logged(minute, venue, price=price), traded_at=NOON + MINUTE * minute)


def lose(minute: int, venue: str = "binance") -> None:
    """Nothing is known of this minute at the venue."""
    start_at = NOON + MINUTE * minute
    span = {"after_at": start_at, "before_at": start_at + MINUTE - timedelta(seconds=1)}
    Gap.objects.create(venue_id=venue, instrument_id="BTC-USDT", reason="silent", noticed_at=NOON, **span)
    mark_due(venue, "BTC-USDT", span["after_at"], span["before_at"])


def bars(width: timedelta = MINUTE, since_at: datetime = NOON, venues: tuple[str, ...] = ("binance",)) -> list[Candle]:
    return queries.bars("BTC-USDT", width, since_at, LATER, venues)


def sources(venues: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [bar.venues for bar in bars(venues=venues)]


def test_each_minute_is_of_the_first_venue_that_has_it() -> None:
    """V-10: in the order that is asked for; what is in no order comes last."""
    store(traded(0, "10"), traded(0, "11", "htx"), traded(1, "12", "htx"), traded(2, "13", "okx"), traded(2, "14"))
    make_bars(LATER)
    assert sources(("binance", "htx")) == [("binance",), ("htx",), ("binance",)]
    assert sources(("htx", "okx")) == [("htx",), ("htx",), ("okx",)]
    assert sources(()) == [("binance",), ("htx",), ("binance",)]


def test_a_venue_that_only_knows_of_a_gap_gives_way_to_one_with_prices() -> None:
    """V-10 E33: what the standby heard fills the minute; where nobody heard anything, that is told."""
    store(traded(0, "10", "htx"))
    lose(0)
    lose(1)
    make_bars(LATER)
    whole, missing = bars(venues=("binance", "htx"))
    assert (whole.venues, whole.status) == (("htx",), Status.CLOSED)
    assert (missing.prices, missing.status, missing.gap_seconds) == (None, Status.PARTIAL, 59.0)


def test_longer_bars_are_joined_from_the_minutes() -> None:
    """V-10: and the first one is whole, although it begins before the time that was asked for."""
    store(traded(0, "10"), traded(7, "12"), traded(59, "9"), traded(60, "11"))
    lose(20)
    make_bars(LATER)
    first, second = bars(HOUR, since_at=NOON + MINUTE * 30)
    assert (first.start_at, first.status, first.gap_seconds, first.trades) == (NOON, Status.PARTIAL, 59.0, 3)
    assert first.prices
    assert (first.prices.open, first.prices.close) == (Decimal(10), Decimal(9))
    assert (second.start_at, second.status) == (NOON + HOUR, Status.FORMING)


def test_a_bar_that_was_never_made_is_not_told() -> None:
    """V-10: until the drain gets to it there is nothing in it."""
    store(traded(0, "10"))
    assert bars() == []


def test_bars_take_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """V-10: however many venues and minutes."""
    store(*(traded(minute, "10", venue) for minute in range(10) for venue in ("binance", "htx")))
    make_bars(LATER)
    with django_assert_num_queries(1):
        assert len(bars()) == 10


def test_last_bar_is_the_newest_with_prices() -> None:
    """V-10: a gap after the last trade moves no window."""
    assert queries.last_bar_at("BTC-USDT") is None
    store(traded(3, "10"))
    lose(9)
    make_bars(LATER)
    assert queries.last_bar_at("BTC-USDT") == NOON + MINUTE * 3
