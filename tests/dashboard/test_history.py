"""The last hour in bars: what is in it, and how often it is read."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec import structs
from pytest_django import DjangoAssertNumQueries

from dashboard.history import encoded_bars
from feeds.storage.latest import LoggedTrade
from tests.dashboard.samples import NOON, store_trades, trade

pytestmark = pytest.mark.django_db


def bars(now: datetime) -> list[tuple[str, str]]:
    """When each bar starts, and how it closes."""
    decoded: list[dict[str, Any]] = msgspec.json.decode(encoded_bars("BTC-USDT", now))
    return [(bar["start_at"], bar["close"]) for bar in decoded]


def from_2036(number: int) -> LoggedTrade:
    return structs.replace(trade(number, "99"), traded_at=NOON.replace(year=2036))


def test_a_trade_from_the_future_is_in_no_bar_and_moves_no_window() -> None:
    """One wrong timestamp leaves the hour before now as it is."""
    store_trades(trade(1, "10", NOON - timedelta(minutes=30)), trade(2, "11", NOON), from_2036(3))
    assert bars(NOON + timedelta(seconds=1)) == [("2026-03-01T11:30:00Z", "10"), ("2026-03-01T12:00:00Z", "11")]


def test_browsers_that_ask_together_share_one_answer(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """An hour of trade is read once, however many pages come back after a restart."""
    store_trades(trade(1, "10"))
    first = bars(NOON)
    with django_assert_num_queries(0):
        assert bars(NOON + timedelta(seconds=1)) == first


def test_a_new_minute_is_read_anew() -> None:
    """An answer from before the minute closed would leave its bar incomplete for good."""
    store_trades(trade(1, "10"))
    bars(NOON)
    store_trades(trade(2, "11", NOON + timedelta(seconds=59)))
    assert bars(NOON + timedelta(seconds=60)) == [("2026-03-01T12:00:00Z", "11")]
