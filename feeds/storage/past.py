"""Rows of what people asked for of the past: begun, moved on with each page, ended; gaps inside get smaller with them.

Blocking calls. Each returns False where the row is not to be followed any more: stopped, done, or gone.
"""

from datetime import datetime
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from feeds.errors import MAX_TEXT
from feeds.market.gap import Gap as Missing
from feeds.market.gap import Mark, read_past
from feeds.market.validation import is_possible
from feeds.models import Backfill, Gap, Listing
from feeds.storage import bars
from feeds.types import Trade
from feeds.venues import REGISTRY

NOT_LISTED: Final = "it is not listed any more"
NOT_JOINED: Final = "the answer did not have the trades at both ends of it"

_OPEN = (Backfill.State.WAITING, Backfill.State.RUNNING)
_ENDED = (Backfill.State.DONE, Backfill.State.PARTIAL)


class Wish(NamedTuple):
    """What is to be fetched, and the place from which on; None at the beginning."""

    number: int
    venue: str
    instrument: str
    symbol: str
    from_at: datetime
    to_at: datetime
    place: Mark | None


def begin(number: int, now: datetime) -> Wish | None:
    """It runs from now on; None where it is not to run, or cannot."""
    rows = Backfill.objects.filter(pk=number).exclude(state__in=(*_ENDED, Backfill.State.STOPPED))
    if not rows.update(state=Backfill.State.RUNNING, note=""):
        return None
    row = rows.get()
    listing = Listing.objects.filter(venue=row.venue_id, instrument=row.instrument_id).first()
    if listing is None:
        fail(number, NOT_LISTED, now)
        return None
    place = Mark(row.place_id, row.place_at) if row.place_at else None
    return Wish(number, row.venue_id, row.instrument_id, listing.symbol, row.from_at, row.to_at, place)


def advance(number: int, place: Mark, trades: list[Trade], stored: int, now: datetime) -> bool:
    """These are in the log, `stored` of them, and with them all up to, or down to, the place.

    A gap is narrowed, or filled, in the same transaction: a page that is read again finds nothing of it missing.
    """
    with transaction.atomic():
        row = Backfill.objects.select_for_update().filter(pk=number, state=Backfill.State.RUNNING).first()
        if row is None:
            return False
        before = Mark(row.place_id, row.place_at or row.from_at)
        row.place_id, row.place_at, row.stored = place.trade_id, place.traded_at, row.stored + stored
        row.save()
        for gap in _gaps(row).select_for_update():
            _fill(gap, trades, before, now)
    return True


def wait(number: int, note: str) -> bool:
    """Why it does not go on for a moment."""
    return bool(Backfill.objects.filter(pk=number, state=Backfill.State.RUNNING).update(note=note[:MAX_TEXT]))


def fail(number: int, note: str, now: datetime) -> None:
    """It was tried often enough; asked for again it goes on from its place."""
    running = Backfill.objects.filter(pk=number, state=Backfill.State.RUNNING)
    running.update(state=Backfill.State.FAILED, note=note[:MAX_TEXT], ended_at=now)


def end(number: int, reason: str, now: datetime) -> bool:
    """It is over; `reason` is why not all of it is there, "" where all was answered.

    What is left of a gap inside stays one, and says why; one that is open is repaired by its feed.
    """
    with transaction.atomic():
        row = Backfill.objects.select_for_update().filter(pk=number, state=Backfill.State.RUNNING).first()
        if row is None:
            return False
        left = _gaps(row).exclude(status=Gap.Status.OPEN).update(note=(reason or NOT_JOINED)[:MAX_TEXT], settled_at=now)
        row.state = Backfill.State.PARTIAL if reason or left else Backfill.State.DONE
        row.note, row.ended_at = (reason or (f"a gap stays: {NOT_JOINED}" if left else ""))[:MAX_TEXT], now
        row.save()
    return True


def unfinished(venue: str, instrument: str, from_at: datetime, to_at: datetime) -> Backfill | None:
    """The same wish of a command that did not come to its end, whatever ended that."""
    same = Backfill.objects.filter(venue=venue, instrument=instrument, from_at=from_at, to_at=to_at, is_in_worker=False)
    return same.exclude(state__in=_ENDED).first()


def ask_again(number: int, *, is_in_worker: bool) -> bool:
    """Once more what failed or was stopped, from its place; what waits or runs is left alone, and it is False."""
    over = Backfill.objects.filter(pk=number, state__in=(Backfill.State.FAILED, Backfill.State.STOPPED))
    return bool(over.update(state=Backfill.State.WAITING, ended_at=None, is_in_worker=is_in_worker))


def wanted() -> list[str]:
    """The venues of which workers have something to fetch."""
    return sorted(set(_for_workers().values_list("venue", flat=True)))


def next_of(venue: str) -> int | None:
    """What a worker has to fetch of a venue next: the oldest wish."""
    return _for_workers().filter(venue=venue).order_by("asked_at", "pk").values_list("pk", flat=True).first()


def _for_workers() -> QuerySet[Backfill]:
    return Backfill.objects.filter(state__in=_OPEN, is_in_worker=True)


def _gaps(row: Backfill) -> QuerySet[Gap]:
    """Those that lie inside of it and are not filled, with the trade that ends each."""
    there = Gap.objects.filter(venue=row.venue_id, instrument=row.instrument_id).exclude(status=Gap.Status.REPAIRED)
    return there.filter(after_at__gte=row.from_at, before_at__lt=row.to_at)


def _fill(gap: Gap, trades: list[Trade], place: Mark, now: datetime) -> None:
    """With what a page that went on from this place has of it; so its bars are due."""
    is_backward = REGISTRY[gap.venue_id].rest.is_read_backward
    since, until = gap.after_at, gap.before_at or now
    missing = Missing("", Mark(gap.after_id, since), Mark(gap.before_id, until))
    page = read_past(missing, trades, place, is_backward)
    if page.missing == missing:
        return
    gap.filled += sum(map(is_possible, page.trades))
    if page.missing is None:
        gap.status, gap.note, gap.settled_at = Gap.Status.REPAIRED, "", now
    elif is_backward and page.missing.before:
        gap.before_id, gap.before_at = page.missing.before
    else:
        gap.after_id, gap.after_at = page.missing.after
    gap.save()
    bars.mark_due(gap.venue_id, gap.instrument_id, since, until)
