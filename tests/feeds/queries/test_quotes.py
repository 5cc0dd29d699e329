"""Quotes that are stored."""

from datetime import timedelta
from decimal import Decimal

import pytest

from feeds import queries
from feeds.storage import table
from tests.feeds.samples import NOON, logged_quote

pytestmark = pytest.mark.django_db
PLACE = ("BTC-USDT", "binance")


def test_last_quote_is_the_newest_of_the_venue_until_then() -> None:
    """6.1: also within the second."""
    kept = [logged_quote(0.5), logged_quote(1.5, bid="1.0"), logged_quote(1.6, venue="kraken")]
    table.store(kept)
    assert queries.last_quote(*PLACE, NOON + timedelta(seconds=9)) == kept[1]
    assert queries.last_quote(*PLACE, kept[1].received_at) == kept[0]
    assert queries.last_quote(*PLACE, NOON) is None


def test_mean_spread_is_of_the_seconds_that_have_a_quote() -> None:
    """6.1: in basis points of the middle; not zero where nothing is known."""
    table.store([logged_quote(0, bid="99", ask="101"), logged_quote(7, bid="100", ask="100")])
    minute = (NOON, NOON + timedelta(minutes=1))
    assert queries.mean_spread_bps(*PLACE, *minute) == Decimal(100)
    assert queries.mean_spread_bps("ETH-USDT", "binance", *minute) is None
