"""Candles follow the stored trades: marked as due with each change, then made again from all trades of their minute.

A bar is never added to: it is made whole, from rows, however often and in whatever order they came. So a crash, a
repeat or a late trade costs a second look and nothing else.
"""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from msgspec import structs

from feeds.clock import Clock
from feeds.market import candles
from feeds.market.candles import MINUTE, Hole, Status, start_of
from feeds.market.validation import Verdict
from feeds.models import Candle, Gap, Trade
from feeds.storage.database import streamed
from feeds.storage.latest import LoggedTrade

# A minute that is not over is made again so often.
ROUND_EVERY_S: Final = 2.0
ROUND_SIZE: Final = 1000
# After this many trades the log has its turn; a candle costs as much as some of them, however few it has.
TRADES_A_STEP: Final = 5000
CANDLE_COST: Final = 200
# Of the time of whoever makes the bars; the rest is the log's.
RESTS: Final = 9
# Of a longer gap only the end gets rows for minutes that have none.
MOST_MARKED: Final = timedelta(days=1)
# A trade that came late did happen, and it is known when; every other doubt keeps one out of the bars.
COUNTED: Final = ("", Verdict.ORDER)
Key = tuple[str, str, datetime]


def mark_trades(trades: Iterable[LoggedTrade]) -> None:
    """Says which minutes these trades change. Call it in the transaction that writes them."""
    counted = (trade for trade in trades if trade.quarantine in COUNTED)
    _mark({(trade.venue, trade.instrument, start_of(trade.traded_at)) for trade in counted})


def mark_due(venue: str, instrument: str, from_at: datetime, to_at: datetime) -> None:
    """Says that a gap in this time was written or changed. Call it in the transaction that writes its row.

    Each minute gets a row, so that one without trades is known to be missing, and longer bars count its seconds.
    """
    first, last = start_of(from_at), start_of(to_at)
    there = Candle.objects.filter(venue=venue, instrument=instrument, start_at__range=(first, last))
    there.update(is_due=True)
    first = max(first, last - MOST_MARKED)
    _mark((venue, instrument, first + MINUTE * number) for number in range((last - first) // MINUTE + 1))


def _mark(keys: Iterable[Key]) -> None:
    # In one order everywhere, so that two writers never wait for each other.
    rows = [Candle(venue_id=venue, instrument_id=code, start_at=at) for venue, code, at in sorted(keys)]
    unique = ["venue", "instrument", "start_at"]
    Candle.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=unique, update_fields=["is_due"], batch_size=500
    )


class CandleMaker:
    """Makes due candles, a few at a time, beside the drain. Blocking calls."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: deque[int] = deque()
        self._rest_until = 0.0

    def step(self, stored_until: datetime) -> None:
        """Makes some candles; those are over that were over when the last stored entry was logged."""
        began_at = self._clock.monotonic()
        if began_at < self._rest_until:
            return
        if not self._waiting:
            self._waiting.extend(_due(start_of(stored_until)))
        cost = 0
        while self._waiting and cost < TRADES_A_STEP:
            cost += CANDLE_COST + _make(self._waiting.popleft(), stored_until)
        ended_at = self._clock.monotonic()
        pause = 0.0 if self._waiting else ROUND_EVERY_S
        self._rest_until = ended_at + max(pause, RESTS * (ended_at - began_at))


def _due(minute_at: datetime) -> list[int]:
    """Minutes that are over before those that still change, which are due until they are; newest first."""
    due = Candle.objects.filter(is_due=True).order_by("-start_at")
    over = list(due.filter(start_at__lt=minute_at).values_list("pk", flat=True)[:ROUND_SIZE])
    forming = due.filter(start_at__gte=minute_at).values_list("pk", flat=True)
    return over + list(forming[: ROUND_SIZE - len(over)])


def _make(key: int, now: datetime) -> int:
    """Makes one candle again; how many trades it has.

    They are read before the transaction, which would hold SQLite's only write lock for as long. Where something came
    in between, the candle stays as it is, and due.
    """
    row = Candle.objects.filter(pk=key).first()
    if row is None:
        return 0
    rows = _trades(row).order_by("traded_at", Length("trade_id"), "trade_id").values_list("price", "size")
    found = candles.minute(row.start_at, streamed(rows))
    holes = _holes(row)
    with transaction.atomic():
        is_there = Candle.objects.select_for_update().filter(pk=key).first() is not None
        if is_there and _trades(row).count() == found.trades and _holes(row) == holes:
            _write(row, found, holes, now)
    return found.trades


def _trades(row: Candle) -> QuerySet[Trade]:
    """What the candle is made of."""
    at_venue = Trade.objects.filter(venue=row.venue_id, instrument=row.instrument_id, quarantine__in=COUNTED)
    return at_venue.filter(traded_at__gte=row.start_at, traded_at__lt=row.start_at + MINUTE)


def _holes(row: Candle) -> list[Hole]:
    """What is missing of the candle. A gap without length is one too: trades of one moment, of which some are here."""
    touching = Q(before_at__gte=row.start_at) | Q(before_at=None)
    gaps = Gap.objects.filter(touching, venue=row.venue_id, instrument=row.instrument_id)
    missing = gaps.filter(after_at__lt=row.start_at + MINUTE).exclude(status=Gap.Status.REPAIRED)
    return [Hole(*span) for span in missing.order_by("after_at", "pk").values_list("after_at", "before_at")]


def _write(row: Candle, found: candles.Candle, holes: list[Hole], now: datetime) -> None:
    """A minute without trades has no bar, unless a gap lies in it."""
    if not (found.trades or holes):
        row.delete()
        return
    has_ended = candles.is_over(row.start_at, now)
    # Trades are only ever added: as many as before are the same ones.
    has_changed = found.trades != row.trades
    row.status = candles.status_of(Status(row.status), has_changed, bool(holes), has_ended)
    row.gap_seconds = candles.seconds_missing(row.start_at, holes, now)
    if found.prices:
        row.open, row.high, row.low, row.close = structs.astuple(found.prices)
    row.volume, row.trades = found.volume, found.trades
    # What is not over is made again until it is.
    row.is_due = not has_ended
    row.save()
