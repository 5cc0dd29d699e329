"""Uptime in the database: what was seen of each minute, written without making a loop wait, and read for people.

A minute is written in parts, every 10 s, and parts add up: also those of a worker that took over within the minute.
Where two watched the same subject at once, no minute has more than 60 s, and what either saw as bad is bad.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError, transaction
from django.db.models import Avg, Count, F
from django.db.models.functions import Greatest, Least

from feeds.clock import Clock
from feeds.market.uptime import DAY, HOUR, MONTH, Minute, Span, Tally, Uptime
from feeds.models import UptimeMinute
from feeds.storage.database import DatabaseThread

logger = logging.getLogger(__name__)

WRITE_EVERY_S: Final = 10.0
# What is newer is not held against anybody: it may still be on its way.
WRITTEN_AFTER: Final = timedelta(seconds=20)
# Ten subjects for half a day.
MAX_WAITING: Final = 10_000

_MINUTE: Final = timedelta(minutes=1)
_SPANS: Final = {"hour": HOUR, "six_hours": 6 * HOUR, "day": DAY, "month": MONTH}


class UptimeRecorder:
    """Give it a sample each second. While the database is down minutes wait in memory; when too many, new ones go."""

    def __init__(self, database: DatabaseThread, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._tally = Tally()

    def sample(self, states: Mapping[str, bool], now: datetime) -> None:
        """Which subjects are well now."""
        self._tally.sample(states, now)

    async def run(self) -> None:
        """Writes every 10 s, for ever."""
        while True:
            await self._clock.sleep(WRITE_EVERY_S)
            await self.finish()

    async def finish(self) -> bool:
        """Writes what waits; False when the database did not take it."""
        minutes = self._tally.take()
        try:
            await self._database.run(add, minutes)
        except DatabaseError as error:
            logger.warning("uptime of %d minutes waits: %s", len(minutes), error)
            self._tally.give_back(minutes[:MAX_WAITING])
            return False
        return True


def add(minutes: Iterable[Minute]) -> None:
    """Adds to what is known of each minute, all or nothing."""
    with transaction.atomic():
        for minute in minutes:
            _add(minute)


def _add(minute: Minute) -> None:
    place = {"subject": minute.subject, "minute_at": minute.minute_at}
    UptimeMinute.objects.bulk_create([UptimeMinute(**place, known=0, good=0)], ignore_conflicts=True)
    bad = F("known") - F("good") + minute.known - minute.good
    UptimeMinute.objects.filter(**place).update(
        known=Least(60, F("known") + minute.known), good=Greatest(0, Least(F("good") + minute.good, 60 - bad))
    )


def uptime(subjects: Iterable[str], now: datetime) -> dict[str, Uptime]:
    """How each subject did over an hour, six, a day and 30 days; one that was never seen is missing."""
    wanted = list(subjects)
    until_at = (now - WRITTEN_AFTER).replace(second=0, microsecond=0)
    sums = {name: _sums(wanted, until_at - span, until_at) for name, span in _SPANS.items()}
    found: dict[str, Uptime] = {}
    for subject in wanted:
        first_at = _first_second(subject)
        if first_at is not None and first_at < until_at:
            spans = {name: _span(sums[name].get(subject), first_at, until_at, span) for name, span in _SPANS.items()}
            found[subject] = Uptime(max(first_at, until_at - MONTH), until_at, **spans)
    return found


def _sums(subjects: list[str], since_at: datetime, until_at: datetime) -> dict[str, tuple[int, int]]:
    """Seconds that were good and known, by subject; those without a row are missing."""
    rows = UptimeMinute.objects.filter(subject__in=subjects, minute_at__gte=since_at, minute_at__lt=until_at)
    # SQLite's own SUM is replaced by one that is exact for prices (feeds/fields.py), and takes five times as long.
    means = rows.values("subject").annotate(Avg("good"), Avg("known"), Count("id"))
    found = means.values_list("subject", "good__avg", "known__avg", "id__count")
    return {subject: (round(good * count), round(known * count)) for subject, good, known, count in found}


def _first_second(subject: str) -> datetime | None:
    """When the subject was seen first; its first minute counts as far as it was known."""
    first = UptimeMinute.objects.filter(subject=subject).order_by("minute_at").first()
    return first.minute_at + _MINUTE - timedelta(seconds=first.known) if first else None


def _span(sums: tuple[int, int] | None, first_at: datetime, until_at: datetime, span: timedelta) -> Span:
    good, known = sums or (0, 0)
    return Span(good, known, (until_at - max(first_at, until_at - span)).total_seconds())
