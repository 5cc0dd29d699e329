"""How much of each venue's time is covered, hour by hour and day by day. Pure: gaps go in, shares come out.

Only time counts in which somebody listened to a venue, or a gap says that somebody should have. Of several instruments
it is the mean; what was filled by a repair is covered.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from dashboard.feed.messages import Coverage
from dashboard.feed.parts import CoverageLine, Covered
from feeds.queries import FeedView
from feeds.queries.coverage import Missed

HOURS: Final = 24
DAYS: Final = 30
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
# By venue and beginning of a cell.
_ByCell = dict[tuple[str, datetime], list[Missed]]


class Span(NamedTuple):
    since_at: datetime
    until_at: datetime

    @property
    def seconds(self) -> float:
        return max(0.0, (self.until_at - self.since_at).total_seconds())

    def within(self, other: "Span") -> "Span":
        return Span(max(self.since_at, other.since_at), min(self.until_at, other.until_at))


def began_at(now: datetime) -> datetime:
    """Where the oldest cell begins."""
    return _starts(now, _DAY, DAYS)[0]


def coverage(
    feed: FeedView, gaps: Iterable[Missed], watched: Mapping[tuple[str, datetime], int], now: datetime
) -> Coverage:
    """`watched` is for how many seconds of each hour a venue was listened to."""
    hours, days = _starts(now, _HOUR, HOURS), _starts(now, _DAY, DAYS)
    known = [gap._replace(until_at=gap.until_at or now) for gap in gaps]
    by_hour, by_day = _by_cell(known, hours, _HOUR), _by_cell(known, days, _DAY)
    count = max(1, len(feed.instruments))

    def cell(venue: str, at: datetime, width: timedelta, gaps: _ByCell) -> Covered:
        listened_s = sum(watched.get((venue, at + _HOUR * place), 0) for place in range(width // _HOUR))
        return _cell(gaps.get((venue, at), []), Span(at, min(at + width, now)), listened_s, count)

    def cells(venue: str, starts: list[datetime], width: timedelta, gaps: _ByCell) -> list[Covered]:
        return [cell(venue, at, width, gaps) for at in starts]

    lines = [
        CoverageLine(row.code, row.name, cells(row.code, hours, _HOUR, by_hour), cells(row.code, days, _DAY, by_day))
        for row in feed.venues
    ]
    return Coverage(hours=hours, days=days, lines=lines)


def _starts(now: datetime, width: timedelta, count: int) -> list[datetime]:
    """The last so many hours or days of UTC, the one that runs included, oldest first."""
    last = now.replace(minute=0, second=0, microsecond=0)
    last = last.replace(hour=0) if width == _DAY else last
    return [last - width * back for back in reversed(range(count))]


def _by_cell(gaps: Iterable[Missed], starts: list[datetime], width: timedelta) -> _ByCell:
    """Each gap in the cells that it touches: there may be very many, and few cells of each."""
    found: _ByCell = {}
    for gap in gaps:
        since_at, until_at = max(gap.since_at, starts[0]), gap.until_at or gap.since_at
        place = (since_at - starts[0]) // width
        while place < len(starts) and starts[place] < until_at:
            found.setdefault((gap.venue, starts[place]), []).append(gap)
            place += 1
    return found


def _cell(gaps: list[Missed], cell: Span, listened_s: int, instruments: int) -> Covered:
    """A gap may lie within the time in which somebody listened or beside it, as one of a worker that was off: together
    they are never more than there is.
    """
    wanted = [(gap, span) for gap in gaps if gap.is_wanted and (span := _span(gap).within(cell)).seconds]
    missing = _mean(((gap, span) for gap, span in wanted if gap.status != "repaired"), instruments)
    known = min(cell.seconds, listened_s + _mean(wanted, instruments))
    statuses = [gap.status for gap, _ in wanted]
    return Covered(
        share=round(max(0.0, 1 - missing / known), 5) if known >= 1 else None,
        missing_s=round(missing),
        open=statuses.count("open"),
        repaired=statuses.count("repaired"),
        lost=statuses.count("unrepairable"),
    )


def _span(gap: Missed) -> Span:
    return Span(gap.since_at, gap.until_at or gap.since_at)


def _mean(gaps: Iterable[tuple[Missed, Span]], instruments: int) -> float:
    """Seconds per instrument. What two feeds wrote of the same time counts once."""
    total, ends = 0.0, dict[str, datetime]()
    for gap, span in sorted(gaps, key=lambda each: each[1].since_at):
        since_at = max(span.since_at, ends.get(gap.instrument, span.since_at))
        total += Span(since_at, span.until_at).seconds
        ends[gap.instrument] = max(span.until_at, since_at)
    return total / instruments
