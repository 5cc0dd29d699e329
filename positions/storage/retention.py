"""How long what happened to an account is kept: as feeds/storage/retention.py asks, whose rules these join.

Never among them: the newest balance of a coin, an order that is open, a drift that is not settled, an alert that is not
over.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from feeds.storage.retention import DAY, Ranges, Rule
from positions.models import Account, BalanceSnapshot, Drift, Fill, Order, PositionChange, StreamEvent
from positions.storage.diary import ALERT
from positions.words import OrderStatus

LEAST: Final = {
    "RECORD_RETENTION_S": (366 * DAY, "who trades has to account for a year"),
    "BALANCE_RETENTION_S": (31 * DAY, "a month is looked back on"),
}


def _fills(before_at: datetime) -> Ranges:
    for account in _accounts():
        yield Fill.objects.filter(account=account, filled_at__lt=before_at).order_by("filled_at")


def _orders(before_at: datetime) -> Ranges:
    for account in _accounts():
        for end in (status for status in OrderStatus if status.is_end):
            ended = Order.objects.filter(account=account, status=end.value)
            yield ended.filter(updated_at__lt=before_at).order_by("updated_at")


def _changes(before_at: datetime) -> Ranges:
    for account in _accounts():
        yield PositionChange.objects.filter(account=account, noticed_at__lt=before_at).order_by("noticed_at")


def _balances(before_at: datetime) -> Ranges:
    for there in _coins():
        newest_at = there.order_by("-taken_at").values_list("taken_at", flat=True).first() or before_at
        yield there.filter(taken_at__lt=min(before_at, newest_at)).order_by("taken_at")


def _coins() -> Iterator[QuerySet[BalanceSnapshot]]:
    for account in _accounts():
        there = BalanceSnapshot.objects.filter(account=account)
        for coin in there.order_by("coin").values_list("coin", flat=True).distinct():
            yield there.filter(coin=coin)


def _drifts(before_at: datetime) -> Ranges:
    for account in _accounts():
        noticed = Drift.objects.filter(account=account, noticed_at__lt=before_at)
        yield noticed.filter(settled_at__lt=before_at).order_by("noticed_at")


def _stream_events(before_at: datetime) -> Ranges:
    for account in _accounts():
        happened = StreamEvent.objects.filter(account=account, happened_at__lt=before_at)
        yield happened.exclude(kind=ALERT, cleared_at=None).order_by("happened_at")


def _accounts() -> QuerySet[Account, Any]:
    return Account.objects.values_list("pk", flat=True)


RULES: Final = (
    Rule("fills", "RECORD_RETENTION_S", _fills),
    Rule("orders", "RECORD_RETENTION_S", _orders),
    Rule("position changes", "RECORD_RETENTION_S", _changes),
    Rule("balances", "BALANCE_RETENTION_S", _balances),
    Rule("drifts", "DIARY_RETENTION_S", _drifts),
    Rule("stream events", "HEALTH_RETENTION_S", _stream_events),
)
