"""Rows of a certain age, in every table that grows."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session

from feeds.models import (
    Alert,
    Backfill,
    Candle,
    DeadLetter,
    FailoverEvent,
    Gap,
    HealthSnapshot,
    Quote,
    Trade,
    UptimeMinute,
)
from feeds.storage import snapshots
from positions.models import Account, BalanceSnapshot, Drift, Fill, Order, PositionChange, StreamEvent

PAIR: Final = {"venue_id": "binance", "instrument_id": "BTC-USDT"}
_ids: Final = count(1)


def trade(at: datetime, **changes: Any) -> Trade:
    """Not written yet."""
    said: dict[str, Any] = {"trade_id": str(next(_ids)), "price": "76000.1", "size": "1", "side": "buy"}
    times = {"traded_at": at, "received_at": at, "recorded_at": at}
    return Trade(**{**PAIR, **said, **times, **changes})


def candle(at: datetime, **changes: Any) -> Candle:
    return Candle.objects.create(**{**PAIR, "start_at": at, "is_due": False, **changes})


def gap(at: datetime, **changes: Any) -> Gap:
    """Ten seconds long, and settled."""
    ends = {"before_id": "2", "before_at": at + timedelta(seconds=10), "status": Gap.Status.REPAIRED}
    return Gap.objects.create(**{**PAIR, "after_id": "1", "after_at": at, "noticed_at": at, **ends, **changes})


def quote(at: datetime, **changes: Any) -> Quote:
    said = {"bid": "76000.00", "bid_size": "1", "ask": "76000.20", "ask_size": "2"}
    return Quote.objects.create(**{**PAIR, **said, "received_at": at, "second_at": at, **changes})


def one_of_each(at: datetime) -> None:
    """In every table, of that time."""
    trade(at).save()
    quote(at)
    candle(at)
    gap(at - timedelta(seconds=10))
    moved = {"feed_id": "main", "from_venue_id": "binance", "to_venue_id": "htx"}
    FailoverEvent.objects.create(**moved, started_at=at, finished_at=at, last_price_age=1)
    span = {"from_at": at - timedelta(seconds=10), "to_at": at, "asked_at": at, "ended_at": at}
    Backfill.objects.create(**PAIR, **span, state=Backfill.State.DONE)
    for feed in ("main", None):
        Alert.objects.create(feed_id=feed, kind="blind", text="x", raised_at=at, cleared_at=at)
    snapshots.transition("database", "away", "", at).save()
    snapshots.sample("feed:main", "live", at).save()
    UptimeMinute.objects.create(subject="redis", minute_at=at, known=60, good=60)
    DeadLetter.objects.create(server="primary", entry_id=f"{at:%s}", set_aside_at=at, stored_at=at)
    Session.objects.create(session_key=f"{at:%s}", expire_date=at)
    account_rows(main_account(), at)


def account_rows(account: Account, at: datetime) -> None:
    """What happened to it: all of it is over."""
    what: dict[str, Any] = {"account": account, "symbol": "BTCUSDT"}
    name = str(next(_ids))
    Fill.objects.create(**what, fill_id=name, order_id=name, side="buy", price=1, size=1, filled_at=at)
    Order.objects.create(**what, order_id=name, kind="limit", status="filled", updated_at=at)
    PositionChange.objects.create(**what, side="long", kind="opened", source="stream", happened_at=at, noticed_at=at)
    balance(account, at)
    Drift.objects.create(account=account, subject="order 1", field="state", noticed_at=at, settled_at=at)
    StreamEvent.objects.create(account=account, kind="alert", text="x", happened_at=at, cleared_at=at)


def balance(account: Account, at: datetime) -> BalanceSnapshot:
    return BalanceSnapshot.objects.create(account=account, coin="USDT", equity=1, taken_at=at)


def main_account() -> Account:
    owner, _ = get_user_model().objects.get_or_create(username="owner")
    return Account.objects.get_or_create(label="Main", defaults={"owner": owner})[0]


def newest_of_each(at: datetime) -> None:
    """What makes the older rows of a subject expire."""
    trade(at).save()
    for row in (snapshots.transition("database", "back", "", at), snapshots.sample("feed:main", "live", at)):
        row.save()
    UptimeMinute.objects.create(subject="redis", minute_at=at, known=60, good=60)
    balance(main_account(), at)


def counts() -> dict[str, int]:
    history = (Trade, Quote, Candle, Gap, Backfill)
    of_feeds = (*history, FailoverEvent, Alert, HealthSnapshot, UptimeMinute, DeadLetter, Session)
    tables = (*of_feeds, BalanceSnapshot, Drift, Fill, Order, PositionChange, StreamEvent)
    return {table.__name__: table._default_manager.count() for table in tables}
