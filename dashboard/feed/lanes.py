"""Who led when, as a lane for each venue: the stretches of the last hours in thousandths of their width. Pure."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from dashboard.feed.messages import Leads
from dashboard.feed.parts import Lead

WIDTH: Final = 1000


class Bar(NamedTuple):
    start: int
    width: int


class Lane(NamedTuple):
    """`venue` is "" for the time in which no price was fresh; `percent` is how much of the time that was."""

    venue: str
    name: str
    bars: list[Bar]
    percent: int


def lanes(past: Leads, names: Mapping[str, str]) -> list[Lane]:
    """Of those that led, the newest first, and what nobody led at the end. panels/connection.js says the same."""
    whole = (past.until_at - past.since_at).total_seconds()
    found: dict[str, list[Lead]] = {}
    for lead in reversed(past.leads):
        found.setdefault(lead.venue, []).append(lead)
    order = sorted(found, key=lambda venue: not venue)
    return [_lane(venue, names.get(venue, venue), found[venue], past, whole) for venue in order]


def _lane(venue: str, name: str, leads: list[Lead], past: Leads, whole: float) -> Lane:
    bars = []
    for lead in leads:
        start = round(WIDTH * (lead.since_at - past.since_at).total_seconds() / whole)
        end = round(WIDTH * (lead.until_at - past.since_at).total_seconds() / whole)
        # The shortest moment is seen, too.
        bars.append(Bar(start, max(end - start, 2)))
    led = sum((lead.until_at - lead.since_at).total_seconds() for lead in leads)
    return Lane(venue, name, bars, round(100 * led / whole))
