"""What is missing of an instrument, by time."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import Q

from feeds.models import Gap

# A gap that began longer before a time, and was over within it, is told with the time in which it began.
_LOOKED_BACK: Final = timedelta(days=1)


class GapView(NamedTuple):
    """Strictly between two trades; without an end it goes on. `note` is what became of its repair."""

    venue: str
    after_at: datetime
    before_at: datetime | None
    status: str
    reason: str
    filled: int
    note: str


def gaps_between(
    venues: Collection[str], instrument: str, from_at: datetime, to_at: datetime, count: int
) -> list[GapView]:
    """Those at these venues in which we wanted to listen; the newest ones, newest first."""
    wanted = Gap.objects.filter(venue__in=venues, instrument=instrument, is_wanted=True, after_at__lt=to_at)
    begun_lately = wanted.filter(Q(before_at=None) | Q(before_at__gt=from_at), after_at__gte=from_at - _LOOKED_BACK)
    # The few that go on have an index of their own, and may be as old as they like.
    going_on = wanted.filter(before_id="", after_at__lt=from_at - _LOOKED_BACK)
    rows = [list(each.order_by("-after_at").values_list(*GapView._fields)[:count]) for each in (begun_lately, going_on)]
    return [GapView(*row) for row in sum(rows, [])[:count]]
