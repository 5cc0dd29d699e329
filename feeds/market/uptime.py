"""Of how many seconds it is known that a subject was well, and what that leaves of the error budget. Pure.

A subject is a feed, a venue of one, Redis or the database. The objective is 99.99 % over 30 days: 259.2 s may be bad.
A second that nobody saw was bad, because nobody saw a price then either; but a subject only counts from the first
second that was ever seen of it, and what is told says since when.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONTH: Final = timedelta(days=30)
ALLOWED_SHARE: Final = 0.0001
BUDGET_S: Final = MONTH.total_seconds() * ALLOWED_SHARE
# Spent so many times faster than it may be, 2 % of the budget is gone in an hour, 5 % in six.
# https://sre.google/workbook/alerting-on-slos/
QUICK_BURN, SLOW_BURN = 14.4, 6.0
# A loop that is late for a moment was still there.
SEEN_S: Final = 2

_SECOND: Final = timedelta(seconds=1)


class Minute(NamedTuple):
    """Seconds of a minute in which it was known how a subject did, and in which it was well."""

    subject: str
    minute_at: datetime
    known: int
    good: int


class Tally:
    """Adds up what is seen once a second, minute by minute."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, datetime], tuple[int, int]] = {}
        self._sampled_at: datetime | None = None

    def sample(self, states: Mapping[str, bool], now: datetime) -> None:
        """Which subjects are well now. It holds for the second before too where that was missed, and for no more."""
        second_at = now.replace(microsecond=0)
        seconds = self._seconds_since(second_at)
        for missed in range(seconds):
            minute_at = (second_at - missed * _SECOND).replace(second=0)
            for subject, is_good in states.items():
                self._add(Minute(subject, minute_at, 1, int(is_good)))
        if seconds > 0:
            self._sampled_at = second_at

    def take(self) -> list[Minute]:
        """What was seen since it was last taken; of a minute there may be more later."""
        seen, self._seen = self._seen, {}
        return [Minute(subject, minute_at, *counts) for (subject, minute_at), counts in seen.items()]

    def give_back(self, minutes: Iterable[Minute]) -> None:
        """What could not be kept, to be taken again."""
        for minute in minutes:
            self._add(minute)

    def _seconds_since(self, second_at: datetime) -> int:
        """Seconds that a sample of this one stands for: none, where it was seen before or the clock was set back."""
        if self._sampled_at is None:
            return 1
        since = (second_at - self._sampled_at) // _SECOND
        return since if since <= SEEN_S else 1

    def _add(self, minute: Minute) -> None:
        known, good = self._seen.get((minute.subject, minute.minute_at), (0, 0))
        self._seen[minute.subject, minute.minute_at] = (known + minute.known, good + minute.good)


class Span(NamedTuple):
    """A time up to now, without what was before the subject was ever seen: in seconds."""

    good: float
    known: float
    total: float

    @property
    def bad(self) -> float:
        return max(0.0, self.total - self.good)

    @property
    def share(self) -> float | None:
        """The uptime; None where there was no time yet."""
        return self.good / self.total if self.total else None

    @property
    def share_of_known(self) -> float | None:
        """The same for what is watched only while it is needed, as a venue that nobody listens to now."""
        return self.good / self.known if self.known else None


class Uptime(NamedTuple):
    """How a subject did, `since_at` when. `until_at` is a little ago: what is newer is not all written."""

    since_at: datetime
    until_at: datetime
    hour: Span
    six_hours: Span
    day: Span
    month: Span

    @property
    def budget_left_s(self) -> float:
        """Seconds that may still be bad in these 30 days; below zero, the objective is missed."""
        return BUDGET_S - self.month.bad

    @property
    def burn_1h(self) -> float:
        """How many times faster than it may be the budget was spent in the last hour."""
        return _burn(self.hour, HOUR)

    @property
    def burn_6h(self) -> float:
        """The same of six hours: what is not quick, but goes on."""
        return _burn(self.six_hours, 6 * HOUR)


class Burn(NamedTuple):
    """A budget that is spent too quickly: an alert."""

    kind: str
    subject: str
    text: str


def burning(uptimes: Mapping[str, Uptime]) -> list[Burn]:
    """The alerts that are to be raised now; what is not among them is over."""
    alerts = []
    for subject, uptime in uptimes.items():
        if uptime.burn_1h >= QUICK_BURN:
            alerts.append(Burn("burn-1h", subject, _text(uptime.hour, "hour", uptime.burn_1h)))
        if uptime.burn_6h >= SLOW_BURN:
            alerts.append(Burn("burn-6h", subject, _text(uptime.six_hours, "6 hours", uptime.burn_6h)))
    return alerts


def _burn(span: Span, window: timedelta) -> float:
    """Against the whole window, also where the subject is younger: so much of the budget is gone for good."""
    return span.bad / (window.total_seconds() * ALLOWED_SHARE)


def _text(span: Span, window: str, rate: float) -> str:
    return f"{span.bad:.0f} s of the last {window} were bad: {rate:.0f} times what 99.99 % allows"
