"""A small history with an answer to each question, and with rows beside it that would make a wrong answer."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Final

from django.contrib.auth.models import User

from feeds.models import FailoverEvent, Gap, Quote, UptimeMinute
from feeds.storage import snapshots
from feeds.storage.latest import LoggedTrade
from feeds.types import Side
from positions.models import Account, BalanceSnapshot, Drift, Fill, Order, Position, PositionChange
from tests.feeds.stored import make_bars, store

BTC: Final = "BTC-USDT"
NOON: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_numbers: Final = count(1)


def make_history() -> User:
    """Who may see it all."""
    _trades()
    _quotes()
    _line()
    _uptime(datetime.now(UTC))
    owner = User.objects.create_superuser("ada")
    mine, other = (Account.objects.create(pk=pk, label=f"Account {pk}", owner=owner) for pk in (1, 2))
    for account in (mine, other):
        for make in (_positions, _orders, _balances, _drifts):
            make(account)
    return owner


def _trades() -> None:
    told = [
        _trade(-20 * HOUR, "90000", "9"),
        _trade(-HOUR, "75000.10", "0.5", venue="kraken"),
        _trade(timedelta(), "76000.10", "0.30000000"),
        _trade(20 * MINUTE, "76010.2", "1.25", Side.SELL, "kraken", late_s=0.4),
        _trade(29 * MINUTE, "76001.30", "0.01"),
        _trade(29 * MINUTE + timedelta(seconds=59), "1.00", "7", quarantine="jump"),
        _trade(30 * MINUTE, "76020", "0.02", Side.SELL, late_s=1.2),
        _trade(50 * MINUTE, "76005", "0.1", quarantine="order"),
        _trade(2 * HOUR, "76100.5", "2"),
    ]
    store(*told)
    make_bars(NOON + 2 * DAY)


def _trade(
    after: timedelta,
    price: str,
    size: str,
    side: Side = Side.BUY,
    venue: str = "binance",
    late_s: float = 0.05,
    quarantine: str = "",
) -> LoggedTrade:
    at = NOON + after
    numbers, received_at = (Decimal(price), Decimal(size)), at + timedelta(seconds=late_s)
    return LoggedTrade(venue, BTC, str(next(_numbers)), *numbers, side, at, received_at, quarantine)


def _quotes() -> None:
    """The second's own quote came within it."""
    for seconds, bid, ask in ((60, "76000.00", "76000.20"), (1799, "76010.1", "76010.5"), (1800, "1.0", "2.0")):
        for venue in ("binance", "kraken"):
            at = NOON + timedelta(seconds=seconds)
            sides = {"bid": Decimal(bid), "bid_size": 1, "ask": Decimal(ask) + (venue == "kraken"), "ask_size": 2}
            times = {"received_at": at + timedelta(milliseconds=900), "second_at": at}
            Quote.objects.create(venue_id=venue, instrument_id=BTC, **sides, **times)


def _line() -> None:
    for number, (after, length) in enumerate([(-HOUR, 40), (5 * MINUTE, 90), (40 * MINUTE, None), (-20 * HOUR, 900)]):
        ends = {"before_id": "9", "before_at": NOON + after + timedelta(seconds=length)} if length else {}
        place = {"venue_id": "binance", "instrument_id": BTC, "after_id": "8", "after_at": NOON + after}
        what = {"reason": f"silent: {number}", "status": "repaired" if length else "open", "filled": number}
        Gap.objects.create(**place, **ends, **what, noticed_at=NOON + after)
    for days, reason in ((-1, "silent: 3 s"), (-2, "closed: 1006"), (-3, "silent: 5 s"), (-9, "silent: 4 s")):
        at = NOON + days * DAY
        moved = {"feed_id": "main", "from_venue_id": "binance", "to_venue_id": "kraken", "reason": reason}
        FailoverEvent.objects.create(**moved, started_at=at, finished_at=at + MINUTE, last_price_age=60)
    for after, state, reason in ((-DAY, "idle", ""), (-HOUR, "connected", ""), (HOUR, "disconnected", "silent: 3 s")):
        snapshots.transition("venue:main:binance", state, reason, NOON + after).save()
    for hours, accepted in ((1, 100), (2, 250), (30, 7)):
        seen = {"binance": {"accepted": accepted, "quarantined": 2, "rejected": 1}}
        snapshots.sample("feed:main", "live", NOON + hours * HOUR, venues=seen).save()


def _uptime(now: datetime) -> None:
    minute_at = now.replace(second=0, microsecond=0)
    for number in range(1, 61):
        good = 30 if number == 30 else 60
        UptimeMinute.objects.create(subject="feed:main", minute_at=minute_at - number * MINUTE, known=60, good=good)


def _positions(account: Account) -> None:
    for symbol, pnl, closed_at in (("BTCUSDT", "12.50", None), ("ETHUSDT", "-3.1", None), ("SOLUSDT", "0", NOON)):
        what: dict[str, Any] = {"account": account, "symbol": symbol, "side": "long", "size": account.pk}
        times = {"opened_at": NOON, "updated_at": NOON, "closed_at": closed_at}
        Position.objects.create(**what, unrealized_pnl=Decimal(pnl) * account.pk, **times)
    sizes = ((0, "opened", None, "1"), (5, "increased", "1", "1.50"), (9000, "closed", "1.5", "0"))
    for minutes, kind, was, now in sizes:
        at = NOON + minutes * MINUTE
        what = {"account": account, "symbol": "BTCUSDT", "side": "long", "kind": kind, "source": "stream"}
        PositionChange.objects.create(**what, size_before=was, size_after=now, happened_at=at, noticed_at=at)


def _orders(account: Account) -> None:
    what: dict[str, Any] = {"account": account, "symbol": "BTCUSDT"}
    for number, status in enumerate(("live", "partially_filled", "filled", "cancelled")):
        Order.objects.create(**what, kind="limit", order_id=str(1000 + number), status=status, updated_at=NOON)
    fills = ((-9, "99", "1"), (-2, "10.5", "2"), (0, "-4.25", "1001"), (0, None, "1001"))
    for number, (days, pnl, order) in enumerate(fills, start=1):
        traded = {"side": "buy", "price": "76000", "size": number, "filled_at": NOON + days * DAY}
        paid = {"fee": Decimal("-0.01") * account.pk, "fee_coin": "USDT", "pnl": pnl}
        Fill.objects.create(**what, fill_id=str(number), order_id=order, **traded, **paid)


def _balances(account: Account) -> None:
    for hours, equity in ((-30, "1000"), (-20, "1200.50"), (-10, "900"), (0, "1100"), (1, None), (400, "1")):
        at = NOON + hours * HOUR
        BalanceSnapshot.objects.create(account=account, coin="USDT", equity=equity, taken_at=at)


def _drifts(account: Account) -> None:
    for days in (-1, -8):
        what: dict[str, Any] = {"account": account, "subject": "position BTCUSDT long", "field": "size"}
        said = {"stream_value": "1", "rest_value": str(account.pk), "resolution": "REST is believed"}
        Drift.objects.create(**what, **said, noticed_at=NOON + days * DAY)
