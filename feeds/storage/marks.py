"""The last trade that is kept of each venue and instrument: in the database, or still in the log on its way there."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.db.models import QuerySet

from feeds.market.gap import Mark
from feeds.models import Gap, Trade
from feeds.storage import keys, logged
from feeds.storage.latest import LoggedTrade
from feeds.storage.redis import Entry

# Beyond it no gap is repaired, and a venue that told nothing for so long costs a long search.
LOOK_BACK: Final = timedelta(hours=24)
# Entries of the log's end; the drain is seldom so far behind.
LOG_TAIL: Final = 5000

Marks = dict[tuple[str, str], Mark]


def stored_marks(venues: Collection[str], instruments: Collection[str], now: datetime) -> Marks:
    """By the database: where a gap goes on its beginning, else the newest trade. Blocking."""
    marks = _beginnings(Gap.objects.filter(venue__in=venues, instrument__in=instruments))
    for pair in ((venue, instrument) for venue in venues for instrument in instruments):
        if pair not in marks and (mark := _newest(*pair, now - LOOK_BACK)):
            marks[pair] = mark
    return marks


def wanted_marks(venues: Collection[str], instruments: Collection[str]) -> Marks:
    """Where gaps begin that go on and are to be repaired: nothing newer than that proves their end. Blocking."""
    return _beginnings(Gap.objects.filter(venue__in=venues, instrument__in=instruments, is_wanted=True))


def _beginnings(gaps: QuerySet[Gap]) -> Marks:
    """Of those that go on, the oldest one of each pair."""
    going_on = gaps.filter(before_id="").order_by("-after_at")
    return {(gap.venue_id, gap.instrument_id): Mark(gap.after_id, gap.after_at) for gap in going_on}


def _newest(venue: str, instrument: str, since: datetime) -> Mark | None:
    """Of a trade whose time cannot be true nobody knows what came after it."""
    trades = Trade.objects.filter(venue=venue, instrument=instrument)
    # Most pairs never told anything, which the unique index knows without a search.
    if not trades.exists():
        return None
    believed = trades.filter(traded_at__gte=since).exclude(quarantine="clock")
    row = believed.order_by("-traded_at", "-id").values_list("trade_id", "traded_at").first()
    return Mark(*row) if row else None


def logged_marks(entries: Iterable[Entry]) -> Marks:
    """The newest trade of each pair in a part of the log."""
    marks: Marks = {}
    for _, fields in entries:
        trade = _read(fields.get(keys.TRADE_FIELD, b""))
        if trade is not None and trade.quarantine != "clock" and not trade.is_backfill:
            pair = (trade.venue, trade.instrument)
            marks[pair] = newer(marks.get(pair), Mark(trade.trade_id, trade.traded_at))
    return marks


def newer(mark: Mark | None, other: Mark) -> Mark:
    return mark if mark is not None and mark.traded_at > other.traded_at else other


def _read(content: bytes) -> LoggedTrade | None:
    """None for a quote, and for what the drain will set aside."""
    try:
        found = logged.decode(content)
    except msgspec.MsgspecError:
        return None
    return found if isinstance(found, LoggedTrade) else None
