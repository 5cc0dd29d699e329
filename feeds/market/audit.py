"""What a venue told and was not compared with its REST yet, where ids do not show what is missing. Pure.

A stretch is what lies between two trades that were told. Asking for it over REST brings what was not.
"""

from typing import Final, NamedTuple

from feeds.market.gap import Mark, by_time
from feeds.types import Trade

AUDIT_EVERY_S: Final = 5.0
# Of what one call brings: a stretch of a third is still there when it is asked for.
PART: Final = 3
# Stretches of an instrument that a session's end left to be compared; older ones come too late.
LEFT: Final = 3
# Told in one stretch. Their ids have to be remembered until it is compared.
MOST_TOLD: Final = 2500


class Stretch(NamedTuple):
    """Between these two, so many trades were told."""

    instrument: str
    after: Mark
    before: Mark
    told: int = 0


class Doubt(NamedTuple):
    """What an audit found, looked at once more at this time."""

    until: float
    stretch: Stretch
    missed: list[Trade]


class Audit:
    """`rows` is what one call brings. A stretch is handed out until it is `done`."""

    def __init__(self, rows: int) -> None:
        self._most = max(1, rows // PART)
        self._open: dict[str, Stretch] = {}
        self._closed: dict[str, list[Stretch]] = {}
        self._asked_at: dict[str, float] = {}
        self._overdue: list[Stretch] = []

    def told(self, instrument: str, mark: Mark, now: float) -> None:
        """The venue told a trade that was new."""
        stretch = self._open.get(instrument)
        if stretch is None:
            self._open[instrument] = Stretch(instrument, mark, mark)
            self._asked_at[instrument] = now
        else:
            # A late one may be the oldest: what is between it and the others was not sent in order, if at all.
            oldest, newest = min(stretch.after, mark, key=by_time), max(stretch.before, mark, key=by_time)
            self._open[instrument] = stretch = Stretch(instrument, oldest, newest, stretch.told + 1)
            if stretch.told >= MOST_TOLD:
                self._overdue.append(stretch)
                self._open[instrument] = Stretch(instrument, newest, newest)

    def interrupted(self, instrument: str) -> None:
        """Nobody listens any more: the next trade that is told begins another stretch."""
        stretch = self._open.pop(instrument, None)
        if stretch is not None and stretch.told:
            stretches = [*self._closed.get(instrument, []), stretch]
            self._overdue += stretches[:-LEFT]
            self._closed[instrument] = stretches[-LEFT:]

    def take_overdue(self) -> list[Stretch]:
        """What could not be compared in time, once."""
        overdue, self._overdue = self._overdue, []
        return overdue

    def outstanding(self, instrument: str) -> int:
        """How many were told that are not compared yet."""
        stretches = [*self._closed.get(instrument, []), self._open.get(instrument)]
        return sum(stretch.told for stretch in stretches if stretch is not None)

    def due(self, now: float) -> Stretch | None:
        """What to compare now: what was interrupted first, because it is the oldest; then the longest."""
        for stretches in self._closed.values():
            if stretches:
                return stretches[0]
        due = [stretch for stretch in self._open.values() if self._is_due(stretch, now)]
        return max(due, key=lambda stretch: stretch.told, default=None)

    def done(self, stretch: Stretch, now: float) -> None:
        """It was compared, or cannot be."""
        instrument = stretch.instrument
        closed = self._closed.get(instrument, [])
        if stretch in closed:
            closed.remove(stretch)
        elif (current := self._open.get(instrument)) is not None and current.after == stretch.after:
            self._open[instrument] = current._replace(after=stretch.before, told=current.told - stretch.told)
        self._asked_at[instrument] = now

    def _is_due(self, stretch: Stretch, now: float) -> bool:
        is_long = stretch.told >= self._most
        return is_long or (stretch.told > 0 and now - self._asked_at[stretch.instrument] >= AUDIT_EVERY_S)
