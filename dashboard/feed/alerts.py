"""What is new of alerts and switches, look by look. Pure: states go in, the events that lie between them come out."""

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from typing import Final, TypeVar

from dashboard.feed import sentences
from dashboard.feed.messages import Alerts, Feed, Health
from dashboard.feed.parts import AlertEvent, AlertLine, SwitchLine

Line = TypeVar("Line", AlertLine, SwitchLine)

RAISED, OVER, SWITCH = "raised", "over", "switch"
# So many a client is told that joins.
KEPT: Final = 20


class Bulletin:
    """Of one feed. `last` are the last events, oldest first.

    A feed of which no worker reports says nothing: its alerts are not over, and its switches are no news afterwards.
    """

    def __init__(self) -> None:
        self.last: deque[AlertEvent] = deque(maxlen=KEPT)
        self._feed: Feed | None = None
        self._lines: list[AlertLine] = []

    def take(self, feed: Feed | None, health: Health, now: datetime) -> Alerts | None:
        """What happened since the last look, None for nothing. The first look at a feed is no news but a snapshot."""
        is_first = feed is not None and self._feed is None
        before, self._feed = self._feed, feed or self._feed
        events = _of_health(self._lines, health.lines, now)
        self._lines = health.lines
        if self._feed:
            events += _of_feed(before or Feed(lead=self._feed.lead), self._feed, now)
        events.sort(key=_place_in_time)
        self.last.extend(events)
        if is_first:
            return self.snapshot()
        return Alerts(events=events) if events else None

    def snapshot(self) -> Alerts:
        return Alerts(events=list(self.last), is_snapshot=True)


def _place_in_time(event: AlertEvent) -> tuple[bool, datetime]:
    """What is over comes first: nobody saw when, and the same alert may have been raised anew since then."""
    return event.what != OVER, event.at


def _of_feed(before: Feed, after: Feed, now: datetime) -> list[AlertEvent]:
    """Two alerts of a feed are the same when all of it is: each is written once, when it is raised."""
    moved = _without(reversed(after.switches), before.switches, _move)
    return [_switched(each) for each in moved] + _difference(before.alerts, after.alerts, lambda line: line, now)


def _move(switch: SwitchLine) -> Hashable:
    """By what stays the same when a venue is given another name."""
    return switch.at, switch.instrument, switch.detail


def _switched(switch: SwitchLine) -> AlertEvent:
    way = sentences.way(switch.from_venue, switch.to_venue)
    text = f"{way}: {switch.text}" if switch.text else way
    return AlertEvent(what=SWITCH, at=switch.at, kind=SWITCH, text=text, instrument=switch.instrument)


def _of_health(before: list[AlertLine], after: list[AlertLine], now: datetime) -> list[AlertEvent]:
    """There is one of each kind at most; since when it is so may move while it lasts."""
    return _difference(before, after, lambda line: line.kind, now)


def _difference(
    before: Iterable[AlertLine], after: Iterable[AlertLine], identity: Callable[[AlertLine], Hashable], now: datetime
) -> list[AlertEvent]:
    """An alert is over when that is seen."""
    over = [AlertEvent(OVER, now, line.kind, line.text) for line in _without(before, after, identity)]
    raised = [AlertEvent(RAISED, line.since_at, line.kind, line.text) for line in _without(after, before, identity)]
    return over + raised


def _without(lines: Iterable[Line], others: Iterable[Line], identity: Callable[[Line], Hashable]) -> list[Line]:
    """Those that the others lack: of equal ones the last, as many as there are more."""
    left = Counter(map(identity, others))
    found = []
    for line in lines:
        left[identity(line)] -= 1
        if left[identity(line)] < 0:
            found.append(line)
    return found
