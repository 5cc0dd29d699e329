"""Three days of a market and of an account, put into a fresh database: `manage.py shell -c "… history"`.

The prices end where the replay exchange begins, and move as much as there.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final, NamedTuple

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone

from dashboard.dashboards.changes import make
from dashboard.models import Audience
from dashboard.panels.placed import row
from feeds.models import (
    Alert,
    Candle,
    FailoverEvent,
    Feed,
    Gap,
    Instrument,
    Listing,
    Trade,
    UptimeMinute,
    Venue,
)
from positions.models import Account, Fill, PositionChange

VENUES: Final = ("binance", "kucoin", "bybit")
STARTS: Final = {"BTC-USDT": (Decimal("76000"), 4.4), "ETH-USDT": (Decimal("2600"), 0.15)}
MINUTES: Final = 3 * 24 * 60
TICK: Final = Decimal("0.01")
STEP_S: Final = 4
STEPS: Final = 60 // STEP_S
# So many hours before the end, from where to where, why, and the seconds that it cost.
SWITCHES: Final = (
    (26.5, "binance", "kucoin", "closed: the venue closed the connection with 1006", 0.0),
    (26.2, "kucoin", "binance", "returned: good for 300 s", 0.0),
    (5.1, "binance", "kucoin", "silent: no market data for 3.4 s", 0.4),
    (4.6, "kucoin", "binance", "returned: good for 300 s", 0.0),
    (2.2, "binance", "bybit", "closed: the venue closed the connection with 1001", 0.0),
    (1.9, "bybit", "kucoin", "order: kucoin comes first in the order of venues", 0.0),
    (1.4, "kucoin", "binance", "returned: good for 600 s", 0.0),
)
# Venue, hours before the end, seconds, what became of it, and the trades that its repair brought.
GAPS: Final = (
    ("binance", 26.5, 840, "repaired", 9120),
    ("kucoin", 13.0, 1500, "unrepairable", 0),
    ("bybit", 9.5, 410, "unrepairable", 0),
    ("binance", 5.1, 96, "repaired", 1043),
    ("binance", 2.2, 620, "repaired", 6604),
    ("kucoin", 0.7, 41, "unrepairable", 0),
)
EVERY: Final = (
    *("price", "tape:L", "chart", "flow:XL", "venues:XL", "connection", "redis", "uptime:L", "latency:L"),
    *("coverage", "position", "orders:M", "balances", "changes", "log"),
)


class Told(NamedTuple):
    """A trade of one instrument at one venue, before it is a row: most of them only make bars."""

    at: datetime
    price: Decimal
    size: Decimal
    is_buy: bool


def told(instrument: str, until_at: datetime) -> Iterator[list[Told]]:
    """The trades of each minute, all newest first: a walk goes as well backwards, and has to end at the first price."""
    random = Random(instrument)  # noqa: S311  # a market of a picture
    price, noise = STARTS[instrument]
    for minute in range(MINUTES):
        trades = []
        for step in range(STEPS):
            at = until_at - timedelta(minutes=minute, seconds=STEP_S * (step + 1))
            # One trade stands for as much as the exchange trades in that time.
            size = 30 * Decimal(int(10 ** random.uniform(0, 4.5))).scaleb(-5)
            trades.append(Told(at, price, size, random.random() < 0.5))
            price += Decimal(round(random.gauss(0, noise * STEP_S**0.5) * 100)).scaleb(-2)
        yield trades


def add_market(until_at: datetime) -> None:
    """Bars of all minutes, and the trades of the last hour. All venues tell the same, some cents apart."""
    for instrument in STARTS:
        minutes = list(told(instrument, until_at))
        for number, venue in enumerate(VENUES):
            apart = TICK * (2 * number - 1)
            candles = (candle(venue, instrument, minute, apart) for minute in minutes)
            Candle.objects.bulk_create(candles, batch_size=1000)
            last = (trade(venue, instrument, each, apart) for minute in minutes[:62] for each in minute)
            Trade.objects.bulk_create(reversed(list(last)), batch_size=1000)


def candle(venue: str, instrument: str, trades: list[Told], apart: Decimal) -> Candle:
    prices = [each.price + apart for each in trades]
    return Candle(
        venue_id=venue,
        instrument_id=instrument,
        start_at=trades[-1].at.replace(second=0),
        open=prices[-1],
        high=max(prices),
        low=min(prices),
        close=prices[0],
        volume=sum((each.size for each in trades), Decimal(0)),
        trades=len(trades),
        status=Candle.Status.CLOSED,
        is_due=False,
    )


def trade(venue: str, instrument: str, one: Told, apart: Decimal) -> Trade:
    return Trade(
        venue_id=venue,
        instrument_id=instrument,
        trade_id=str(int(one.at.timestamp() * 1000)),
        price=one.price + apart,
        size=one.size,
        side="buy" if one.is_buy else "sell",
        traded_at=one.at,
        received_at=one.at + timedelta(milliseconds=38),
    )


def add_diary(until_at: datetime) -> None:
    """Switches, gaps and alerts."""
    feed = Feed.objects.get(pk="main")
    for hours, former, venue, reason, cost in SWITCHES:
        at = until_at - timedelta(hours=hours)
        began_at = at - timedelta(seconds=cost + 3)
        FailoverEvent.objects.create(
            feed=feed,
            from_venue_id=former,
            to_venue_id=venue,
            reason=reason,
            started_at=began_at,
            finished_at=at,
            last_price_age=cost + 3 if cost else 0.2,
            stale_seconds=cost,
        )
    for number, (venue, hours, seconds, status, filled) in enumerate(GAPS, 1):
        at = until_at - timedelta(hours=hours)
        Gap.objects.create(
            venue_id=venue,
            instrument_id="BTC-USDT",
            after_id=str(number),
            after_at=at,
            before_id=str(number + 100),
            before_at=at + timedelta(seconds=seconds),
            reason="the session ended",
            status=status,
            filled=filled,
            note=f"{filled} trades by REST" if filled else "the venue has no more of it",
            noticed_at=at,
            settled_at=at + timedelta(seconds=seconds + 30),
        )
    at = until_at - timedelta(hours=5.1)
    Alert.objects.create(
        feed=feed,
        kind="burn-1h",
        subject="venue:main:binance",
        text="96 s of the last hour were bad: 267 times what 99.99 % allows",
        raised_at=at,
        cleared_at=at + timedelta(hours=1),
    )


def add_uptime(until_at: datetime, account: Account) -> None:
    """Each minute of the three days; a venue was bad while its gaps were."""
    subjects = ("feed:main", *(f"venue:main:{code}" for code in VENUES), "redis", "database", f"account:{account.pk}")
    bad = {(f"venue:main:{venue}", int(hours * 60)): min(60, seconds) for venue, hours, seconds, *_ in GAPS}
    bad |= {("feed:main", int(hours * 60)): round(cost) or 1 for hours, *_, cost in SWITCHES if cost}
    UptimeMinute.objects.bulk_create(
        (
            UptimeMinute(
                subject=subject,
                minute_at=until_at - timedelta(minutes=back),
                known=60,
                good=60 - bad.get((subject, back), 0),
            )
            # Those until the demo runs are known too: a start is no outage.
            for back in range(-2, MINUTES)
            for subject in subjects
        ),
        batch_size=1000,
    )


def add_account(until_at: datetime, account: Account) -> None:
    """What it bought and sold on the last day, and what that made of its position."""
    random, size = Random("account"), Decimal("0.05")  # noqa: S311  # a market of a picture
    bars = Candle.objects.filter(instrument="BTC-USDT", venue="binance")
    for number, hours in enumerate((22, 17.5, 11, 6.2, 3.1, 1.25, 0.8, 0.4)):
        at = (until_at - timedelta(hours=hours)).replace(second=0, microsecond=0)
        is_more = number % 2 == 0
        step = Decimal(random.randint(1, 4)) / 200 if is_more else size - Decimal("0.05")
        Fill.objects.create(
            account=account,
            fill_id=f"past{number}",
            order_id=f"past{number}",
            symbol="BTCUSDT",
            side="buy" if is_more else "sell",
            action="open" if is_more else "close",
            price=bars.get(start_at=at).close,
            size=step,
            filled_at=at,
        )
        after = size + step if is_more else size - step
        PositionChange.objects.create(
            account=account,
            symbol="BTCUSDT",
            side="long",
            kind="increased" if is_more else "reduced",
            source="stream",
            size_before=size,
            size_after=after,
            happened_at=at,
            noticed_at=at,
        )
        size = after


def add_people(password: str) -> None:
    """A group with a dashboard to begin with, somebody in it who owns nothing, and a dashboard of all panels."""
    demo = User.objects.get(username="demo")
    desk = Group.objects.create(name="Desk")
    vera = User.objects.create_user("vera", password=password)
    vera.groups.add(desk)
    User.objects.create_user("mallory", password=password)
    shared = make(demo, "Desk", row("price:L", "position:L", "chart", "tape:L", "connection:L"))
    Audience.objects.create(dashboard=shared, group=desk, is_start=True)
    make(demo, "Every panel", row(*EVERY))


def add_quiet_feed() -> None:
    """A feed of which no venue is to be used: its panels have nothing to show."""
    quiet = Instrument.objects.create(code="SOL-USDT")
    Listing.objects.bulk_create(
        Listing(venue=venue, instrument=quiet, symbol=f"SOLUSDT-{venue.pk}", is_enabled=False)
        for venue in Venue.objects.all()
    )
    Feed.objects.create(name="quiet", title="Quiet feed").instruments.add(quiet)


def add_all(password: str) -> None:
    until_at = timezone.now().astimezone(UTC).replace(second=0, microsecond=0)
    account = Account.objects.get()
    with transaction.atomic():
        add_market(until_at)
        add_diary(until_at)
        add_uptime(until_at, account)
        add_account(until_at, account)
        add_quiet_feed()
    add_people(password)
