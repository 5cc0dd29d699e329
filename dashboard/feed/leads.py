"""Who led when: the last hours as stretches, out of the switches between venues. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from dashboard.feed.parts import Lead, Source
from feeds.storage.latest import Switch

OVER: Final = timedelta(hours=6)
# A venue goes silent for one instrument a moment before it does for all.
_TOGETHER: Final = timedelta(seconds=2)
_MINUTE: Final = timedelta(minutes=1)
# The minute that runs, and the last one, may not be written yet.
_UNWRITTEN: Final = 3 * _MINUTE


def leads(switches: Iterable[Switch], leader: Source, since_at: datetime, now: datetime) -> list[Lead]:
    """Oldest first, up to now, where it is `leader`. `switches` are in order, with the last one of before.

    For as long as a switch left the price stale nobody led. Before the first one it was the venue that it left; where
    there is none, the leader is all that is known.
    """
    told: list[Lead] = []
    venue, at = "", since_at
    for switch in switches:
        ended_at = switch.at - timedelta(seconds=switch.stale_s)
        told += _lead(venue or switch.from_venue, at, ended_at) + _lead("", max(at, ended_at), switch.at)
        venue, at = switch.to_venue, max(since_at, switch.at)
    changed_at = at if venue == leader.venue else max(at, leader.since_at or at)
    told += _lead(venue, at, changed_at) if venue else []
    return told + (_lead(leader.venue, changed_at, now) if leader.since_at else [])


def joined(switches: Sequence[Switch]) -> list[Switch]:
    """As people count them: an instrument that moved with its whole feed, or a moment before, made none of its own."""
    whole = [each for each in switches if not each.instrument]
    return [each for each in switches if not each.instrument or not any(_is_part_of(each, move) for move in whole)]


def _is_part_of(part: Switch, whole: Switch) -> bool:
    is_same_way = (part.from_venue, part.to_venue) == (whole.from_venue, whole.to_venue)
    return is_same_way and timedelta() <= whole.at - part.at <= _TOGETHER


def watched_only(told: Iterable[Lead], minutes: Iterable[datetime], now: datetime) -> list[Lead]:
    """What of it lies in minutes in which a worker watched the feed: of the rest nobody knows who led."""
    stretches = _stretches(minutes, now)
    return [
        part
        for lead in told
        for since_at, until_at in stretches
        for part in _lead(lead.venue, max(lead.since_at, since_at), min(lead.until_at, until_at))
    ]


def _stretches(minutes: Iterable[datetime], now: datetime) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    for at in minutes:
        goes_on = bool(found) and at <= found[-1][1]
        found.append((found.pop()[0] if goes_on else at, at + _MINUTE))
    if found and now - found[-1][1] <= _UNWRITTEN:
        found.append((found.pop()[0], now))
    return found


def _lead(venue: str, since_at: datetime, until_at: datetime) -> list[Lead]:
    return [Lead(venue, since_at, until_at)] if until_at > since_at else []
