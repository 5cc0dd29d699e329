"""Bars out of the database: of each minute the best venue's, joined to the width that is asked for."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby, islice
from typing import Final

from django.db.models import Case, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from feeds.market import candles
from feeds.market.candles import Prices, Status, start_of
from feeds.models import Candle
from feeds.storage.database import streamed

_FIELDS: Final = ("start_at", "open", "high", "low", "close", "volume", "trades", "status", "gap_seconds", "venue")


def last_bar_at(instrument: str, before_at: datetime | None = None) -> datetime | None:
    """When the newest minute starts of which there are prices; of those before a time, if one is given."""
    priced = Candle.objects.filter(instrument=instrument, open__isnull=False)
    if before_at:
        priced = priced.filter(start_at__lt=before_at)
    return priced.order_by("-start_at").values_list("start_at", flat=True).first()


def bars(
    instrument: str,
    width: timedelta,
    since_at: datetime,
    now: datetime,
    venues: Sequence[str],
    before_at: datetime | None = None,
) -> list[candles.Candle]:
    """Bars from the one that holds `since_at` on, oldest first; each minute is the first venue's that has it.

    With `before_at`, which is where a bar begins, only those that are over by then.
    Other venues come last, and behind every venue with prices those that only know that some are missing.
    """
    made = Candle.objects.filter(instrument=instrument).exclude(open=None, status=Candle.Status.FORMING)
    preferred = Case(*(When(venue=code, then=Value(n)) for n, code in enumerate(venues)), default=Value(len(venues)))
    has_no_prices = Case(When(open=None, then=Value(1)), default=Value(0))
    place = Window(RowNumber(), partition_by="start_at", order_by=[has_no_prices, preferred, "venue"])
    made = made.filter(start_at__gte=start_of(since_at, width))
    if before_at:
        made = made.filter(start_at__lt=before_at)
    best = made.annotate(place=place).filter(place=1)
    # Rows and not objects: a day has 1440 of them.
    rows = best.order_by("start_at").values_list(*_FIELDS)
    return candles.longer((_candle(*row) for row in streamed(rows)), width, now)


def bars_of(
    minutes: QuerySet[Candle], width: timedelta, now: datetime, is_newest_first: bool, count: int
) -> Iterator[candles.Candle]:
    """So many bars out of minutes of one venue and instrument."""
    made = minutes.exclude(open=None, status=Candle.Status.FORMING)
    rows = made.order_by("-start_at" if is_newest_first else "start_at").values_list(*_FIELDS)
    # No bar is made of more. Without an end PostgreSQL would gather all minutes before it tells the first.
    read = (_candle(*row) for row in streamed(rows[: count * (width // candles.MINUTE)]))
    for _, span in islice(groupby(read, key=lambda minute: start_of(minute.start_at, width)), count):
        begun = list(span)
        yield from candles.longer(reversed(begun) if is_newest_first else begun, width, now)


def _candle(
    start_at: datetime,
    opened: Decimal | None,
    high: Decimal,
    low: Decimal,
    close: Decimal,
    volume: Decimal,
    trades: int,
    status: str,
    gap_seconds: float,
    venue: str,
) -> candles.Candle:
    prices = None if opened is None else Prices(opened, high, low, close)
    return candles.Candle(start_at, prices, volume, trades, Status(status), gap_seconds, (venue,))
