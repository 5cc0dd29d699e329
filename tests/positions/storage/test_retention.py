"""What of an account is kept whatever its age; tests/feeds/storage/test_retention.py holds every table to its time."""

from datetime import timedelta
from typing import Any

import pytest

from positions.models import BalanceSnapshot, Drift, Order, StreamEvent
from positions.storage.retention import RULES
from tests.feeds.samples import NOON
from tests.feeds.storage import aged

pytestmark = pytest.mark.django_db
BY_NAME = {rule.table: rule for rule in RULES}
LONG_AGO = NOON - timedelta(days=5000)


def expired(table: str) -> list[Any]:
    return [row for rows in BY_NAME[table].expired(NOON) for row in rows]


def test_what_is_not_done_with_stays() -> None:
    """F-18: an order that is open, a drift that is not settled, an alert that is not over."""
    aged.account_rows(aged.main_account(), LONG_AGO)
    assert [len(expired(table)) for table in ("orders", "drifts", "stream events")] == [1, 1, 1]
    Order.objects.update(status="partially_filled")
    Drift.objects.update(settled_at=None)
    StreamEvent.objects.update(cleared_at=None)
    assert expired("orders") == expired("drifts") == expired("stream events") == []


def test_newest_balance_of_each_coin_stays() -> None:
    """F-18 M-07: what did not change for years is what a worker that starts knows."""
    account = aged.main_account()
    old, _ = (aged.balance(account, LONG_AGO + timedelta(days=days)) for days in range(2))
    BalanceSnapshot.objects.create(account=account, coin="BTC", equity=1, taken_at=LONG_AGO)
    assert expired("balances") == [old]
