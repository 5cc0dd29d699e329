"""Rows of the gap ledger: written when a hole shows, narrowed while it is filled, settled at the end.

Blocking calls. A row without `before` goes on; it is known by the trade after which it began.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import transaction

from feeds.errors import MAX_TEXT
from feeds.market.gap import Gap, Hole, Mark
from feeds.models import Gap as Row
from feeds.storage import bars

EXPIRES_AFTER: Final = timedelta(hours=24)
# So many of a venue are looked at together.
LOOKED_AT: Final = 50
BY_CHOICE: Final = "not listened to by choice"
NOTHING_MISSED: Final = "nothing was missed: the venue went on where we had stopped"
TOO_OLD: Final = "not repaired within a day"


class OpenGap(NamedTuple):
    """A row that is to be repaired, and how many trades its repair has brought so far."""

    number: int
    instrument: str
    after: Mark
    before: Mark
    filled: int

    def of(self, symbol: str) -> Gap:
        """The same in the venue's spelling."""
        return Gap(symbol, self.after, self.before)


def note(hole: Hole, noticed_at: datetime) -> None:
    """Writes a hole. Where a row goes on from the same trade, this is its end.

    Another one that goes on, of another feed or of a process that crashed, is over too: somebody heard the venue.
    """
    heard = [mark for mark in (hole.after, hole.before) if mark is not None]
    row = None
    for each in Row.objects.filter(venue=hole.venue, instrument=hole.instrument, before_id="").order_by("pk"):
        if each.after_id == hole.after.trade_id:
            row = each
        elif end := next((mark for mark in heard if each.after_at < mark.traded_at), None):
            _end(each, end, noticed_at)
    if hole.before is not None:
        if row is not None or hole.before != hole.after:
            _end(row or _new(hole, noticed_at), hole.before, noticed_at)
    elif row is None:
        _write(_new(hole, noticed_at))
    elif hole.is_wanted and not row.is_wanted:
        row.is_wanted, row.status, row.note = True, Row.Status.OPEN, ""
        _write(row)


def note_audit(hole: Hole, filled: int, noticed_at: datetime) -> None:
    """Writes a hole that was found by asking again what was told, and so is filled already."""
    row = _new(hole, noticed_at)
    if hole.before is not None:
        row.before_id, row.before_at = hole.before.trade_id, hole.before.traded_at
    row.status, row.filled, row.settled_at = Row.Status.REPAIRED, filled, noticed_at
    _write(row)


def open_gaps(venue: str, instruments: Collection[str], now: datetime, waiting: Collection[int] = ()) -> list[OpenGap]:
    """What may be repaired of a venue, newest first, without those that wait; what is open for a day is given up."""
    rows = Row.objects.filter(venue=venue, status=Row.Status.OPEN).exclude(before_id="")
    expired = rows.filter(before_at__lt=now - EXPIRES_AFTER)
    # An update that finds nothing would take SQLite's write lock all the same.
    if expired.exists():
        # Its candles miss as much as before.
        expired.update(status=Row.Status.UNREPAIRABLE, note=TOO_OLD, settled_at=now)
    wanted = rows.filter(instrument__in=instruments).exclude(pk__in=waiting).order_by("-before_at", "-id")[:LOOKED_AT]
    return [
        OpenGap(
            row.pk, row.instrument_id, Mark(row.after_id, row.after_at), Mark(row.before_id, row.before_at), row.filled
        )
        for row in wanted
        if row.before_at is not None
    ]


def narrow(number: int, missing: Gap, filled: int) -> bool:
    """A page was stored: so much of the gap is missing still. False where the row is settled already."""
    row = Row.objects.filter(pk=number, status=Row.Status.OPEN).first()
    if row is None or missing.before is None or row.before_at is None:
        return False
    filled_spans = (row.after_at, missing.after.traded_at), (missing.before.traded_at, row.before_at)
    row.after_id, row.after_at = missing.after.trade_id, missing.after.traded_at
    row.before_id, row.before_at = missing.before.trade_id, missing.before.traded_at
    row.filled = filled
    with transaction.atomic():
        row.save()
        for since, until in filled_spans:
            bars.mark_due(row.venue_id, row.instrument_id, since, until)
    return True


def settle(number: int, reason: str, filled: int, settled_at: datetime) -> bool:
    """Its repair is over: nothing is missing any more, or the reason why some of it always will be.

    False where it is settled already: another feed repaired it too.
    """
    row = Row.objects.filter(pk=number, status=Row.Status.OPEN).first()
    if row is None:
        return False
    row.status = Row.Status.UNREPAIRABLE if reason else Row.Status.REPAIRED
    row.note, row.filled, row.settled_at = reason[:MAX_TEXT], filled, settled_at
    _write(row)
    return True


def put_off(number: int, reason: str) -> None:
    """Its repair failed, and is tried again."""
    Row.objects.filter(pk=number).update(note=reason[:MAX_TEXT])


def _write(row: Row, until: datetime | None = None) -> None:
    """With the candles that it touches, or touched before: what is missing of them has changed."""
    with transaction.atomic():
        row.save()
        bars.mark_due(row.venue_id, row.instrument_id, row.after_at, until or row.before_at or row.noticed_at)


def _new(hole: Hole, noticed_at: datetime) -> Row:
    return Row(
        venue_id=hole.venue,
        instrument_id=hole.instrument,
        after_id=hole.after.trade_id,
        after_at=hole.after.traded_at,
        reason=hole.reason[:MAX_TEXT],
        is_wanted=hole.is_wanted,
        status=Row.Status.OPEN if hole.is_wanted else Row.Status.UNREPAIRABLE,
        note="" if hole.is_wanted else BY_CHOICE,
        noticed_at=noticed_at,
    )


def _end(row: Row, before: Mark, ended_at: datetime) -> None:
    """Until now its candles missed all that came after its beginning."""
    row.before_id, row.before_at = before.trade_id, before.traded_at
    if before.trade_id == row.after_id:
        row.status, row.note = Row.Status.REPAIRED, NOTHING_MISSED
    row.settled_at = None if row.status == Row.Status.OPEN else ended_at
    _write(row, until=max(before.traded_at, row.noticed_at, ended_at))
