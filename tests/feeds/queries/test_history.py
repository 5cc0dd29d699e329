"""Trades that are stored."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec import structs

from feeds import queries
from feeds.models import Trade
from feeds.storage import table
from feeds.storage.latest import LoggedTrade
from tests.feeds.samples import NOON, logged

LATER = NOON + timedelta(hours=1)
pytestmark = pytest.mark.django_db


def store(*trades: LoggedTrade) -> None:
    for said in trades:
        Trade.objects.create(
            venue_id=said.venue,
            instrument_id=said.instrument,
            trade_id=said.trade_id,
            price=said.price,
            size=said.size,
            side=said.side,
            traded_at=said.traded_at,
            received_at=said.received_at,
        )


def test_last_trade_is_the_newest_by_the_venues_clock() -> None:
    """E26: not the one that was stored last."""
    store(logged(1), logged(3), logged(2))
    assert queries.last_trade("BTC-USDT", LATER) == logged(3)
    assert queries.last_trade("BTC-USDT", logged(2).traded_at) == logged(2)
    assert queries.last_trade("ETH-USDT", LATER) is None


def test_trade_that_came_from_the_future_is_never_the_last_one() -> None:
    """E27: a flagged trade is no price, not even when its time has come."""
    future = structs.replace(logged(9), received_at=logged(1).received_at)
    store(logged(1), future)
    assert queries.last_trade("BTC-USDT", LATER) == logged(1)


def test_vwap_is_of_what_is_believed_and_exact() -> None:
    """F-12: every digit counts until the division; not zero where nothing was traded."""
    second = timedelta(seconds=1)
    heavy = structs.replace(logged(1, price="3.000000000000000001"), size=Decimal("999999999.000000000000000001"))
    doubted = structs.replace(logged(3, price="900"), quarantine="jump")
    table.store([heavy, structs.replace(logged(2, price="1"), size=heavy.size), doubted])
    assert queries.vwap("BTC-USDT", NOON, NOON + 3 * second) == Decimal("2.0000000000000000005")
    assert queries.vwap("BTC-USDT", NOON, NOON + 2 * second) == heavy.price
    assert queries.vwap("BTC-USDT", NOON, NOON + second) is None
