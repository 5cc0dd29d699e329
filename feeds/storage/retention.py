"""How long rows are kept, and which have been for long enough: in each growing table, as indexed ranges, oldest first.

Never among them: a trade whose bar may be made again, the newest trade of an instrument at a venue, an open gap or
alert, a dead letter that waits, the newest row of a subject that is no worker.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import chain, product
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet

from feeds.market.candles import start_of
from feeds.models import (
    Alert,
    Backfill,
    Candle,
    DeadLetter,
    FailoverEvent,
    Feed,
    Gap,
    HealthSnapshot,
    Instrument,
    Quote,
    Trade,
    UptimeMinute,
    Venue,
)
from feeds.storage.snapshots import WORKER

Ranges = Iterator[QuerySet[Any]]
Pair = tuple[str, str]

DAY: Final = 86_400
# What is less could not be meant, and why. Applications above add theirs when Django starts, as they do to RULES.
LEAST: Final = {
    "TRADE_RETENTION_S": (2 * DAY, "gaps are repaired for a day, and their bars made again of all trades"),
    "QUOTE_RETENTION_S": (DAY, "what a spread was is asked of the day before"),
    "CANDLE_RETENTION_S": (2 * DAY, "the page shows the bars of the last day"),
    "DIARY_RETENTION_S": (DAY, "what happened at night is looked at in the morning"),
    "HEALTH_RETENTION_S": (DAY, "what happened at night is looked at in the morning"),
    "HEALTH_SAMPLE_RETENTION_S": (3600, "who looks into a fault wants to see how it began"),
    "UPTIME_RETENTION_S": (31 * DAY, "the objective is about 30 days"),
    "DEAD_LETTER_RETENTION_S": (DAY, "who stored one again wants to see that it was"),
}
# More are milliseconds, or a slip.
MOST: Final = 20 * 366 * DAY


def objections() -> dict[str, str]:
    """Which settings cannot be meant, and what to do about each; who deletes by them asks first."""
    found = {
        name: f"Set it to at least {least}, as {why}, and at most {MOST}."
        for name, (least, why) in LEAST.items()
        if not least <= getattr(settings, name) <= MOST
    }
    if not found and settings.CANDLE_RETENTION_S < settings.TRADE_RETENTION_S:
        found["CANDLE_RETENTION_S"] = "Set it to at least TRADE_RETENTION_S: bars go after the trades they are made of."
    return found


class Rule(NamedTuple):
    """A table, the setting that says for how long its rows are kept ("" where they say it), and those before a time."""

    table: str
    setting: str
    before: Callable[[datetime], Ranges]

    def expired(self, now: datetime) -> Ranges:
        return self.before(now - timedelta(seconds=getattr(settings, self.setting) if self.setting else 0))


def _trades(before_at: datetime) -> Ranges:
    unfinished = _unfinished(before_at)
    for venue, instrument in _pairs():
        there = Trade.objects.filter(venue=venue, instrument=instrument)
        newest_at = there.order_by("-traded_at").values_list("traded_at", flat=True).first() or before_at
        until_at = min(before_at, newest_at, unfinished.get((venue, instrument), before_at))
        # A venue whose clock was wrong may call a trade of today an old one.
        kept = Q(quarantine="clock", received_at__gte=before_at)
        yield there.filter(traded_at__lt=until_at).exclude(kept).order_by("traded_at")


def _unfinished(before_at: datetime) -> dict[Pair, datetime]:
    """From when on bars may be made again: a minute is due, or holds the beginning of a gap that is not settled."""
    due = Candle.objects.filter(is_due=True, start_at__lt=before_at)
    unsettled = Gap.objects.filter(after_at__lt=before_at)
    starts = chain(
        due.values_list("venue", "instrument", "start_at"),
        unsettled.filter(status=Gap.Status.OPEN).values_list("venue", "instrument", "after_at"),
        unsettled.filter(before_id="").values_list("venue", "instrument", "after_at"),
    )
    oldest: dict[Pair, datetime] = {}
    for venue, instrument, at in starts:
        oldest[venue, instrument] = min(start_of(at), oldest.get((venue, instrument), at))
    return oldest


def _quotes(before_at: datetime) -> Ranges:
    for venue, instrument in _pairs():
        yield Quote.objects.filter(venue=venue, instrument=instrument, second_at__lt=before_at).order_by("second_at")


def _bars(before_at: datetime) -> Ranges:
    for venue, instrument in _pairs():
        made = Candle.objects.filter(venue=venue, instrument=instrument, is_due=False)
        yield made.filter(start_at__lt=before_at).order_by("start_at")


def _gaps(before_at: datetime) -> Ranges:
    for venue, instrument in _pairs():
        settled = Gap.objects.filter(venue=venue, instrument=instrument).exclude(status=Gap.Status.OPEN)
        yield settled.filter(after_at__lt=before_at, before_at__lt=before_at).order_by("after_at")


def _failovers(before_at: datetime) -> Ranges:
    for feed in Feed.objects.all():
        yield FailoverEvent.objects.filter(feed=feed, finished_at__lt=before_at).order_by("finished_at")


def _backfills(before_at: datetime) -> Ranges:
    yield Backfill.objects.filter(ended_at__lt=before_at).order_by("ended_at")


def _alerts(before_at: datetime) -> Ranges:
    for feed in (*Feed.objects.all(), None):
        raised = Alert.objects.filter(feed=feed, raised_at__lt=before_at)
        yield raised.filter(cleared_at__lt=before_at).order_by("raised_at")


def _transitions(before_at: datetime) -> Ranges:
    yield _snapshots(before_at).filter(is_transition=True)


def _samples(before_at: datetime) -> Ranges:
    yield _snapshots(before_at).filter(is_transition=False)


def _snapshots(before_at: datetime) -> QuerySet[HealthSnapshot]:
    """A worker has a subject of its own; of one that was killed nothing newer will ever come."""
    newer = HealthSnapshot.objects.filter(subject=OuterRef("subject"), taken_at__gt=OuterRef("taken_at"))
    old = HealthSnapshot.objects.filter(taken_at__lt=before_at)
    return old.filter(Exists(newer) | Q(subject__startswith=WORKER)).order_by("taken_at")


def _uptime(before_at: datetime) -> Ranges:
    newer = UptimeMinute.objects.filter(subject=OuterRef("subject"), minute_at__gt=OuterRef("minute_at"))
    yield UptimeMinute.objects.filter(Exists(newer), minute_at__lt=before_at).order_by("minute_at")


def _dead_letters(before_at: datetime) -> Ranges:
    yield DeadLetter.objects.filter(stored_at__lt=before_at).order_by("stored_at")


def _logins(before_at: datetime) -> Ranges:
    yield Session.objects.filter(expire_date__lt=before_at).order_by("expire_date")


def _pairs() -> Iterator[Pair]:
    codes = Venue.objects.values_list("code", flat=True), Instrument.objects.values_list("code", flat=True)
    return product(*codes)


RULES: Final = [
    Rule("trades", "TRADE_RETENTION_S", _trades),
    Rule("quotes", "QUOTE_RETENTION_S", _quotes),
    Rule("bars", "CANDLE_RETENTION_S", _bars),
    Rule("gaps", "CANDLE_RETENTION_S", _gaps),
    Rule("failovers", "DIARY_RETENTION_S", _failovers),
    Rule("backfills", "DIARY_RETENTION_S", _backfills),
    Rule("alerts", "DIARY_RETENTION_S", _alerts),
    Rule("transitions", "HEALTH_RETENTION_S", _transitions),
    Rule("samples", "HEALTH_SAMPLE_RETENTION_S", _samples),
    Rule("uptime", "UPTIME_RETENTION_S", _uptime),
    Rule("dead letters", "DEAD_LETTER_RETENTION_S", _dead_letters),
    Rule("logins", "", _logins),
]
