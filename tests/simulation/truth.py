"""What really came to a worker, whatever its supervisor makes of it: good data by venue and instrument."""

from dataclasses import dataclass, field
from typing import Final, TypeVar

from tests.simulation.schedule import Schedule

# Good data that pauses for longer was interrupted.
PAUSE_S: Final = 2.0
NEVER: Final = float("-inf")

Key = TypeVar("Key", str, tuple[str, str])


@dataclass
class Run:
    """Good data without a pause."""

    since: float
    last: float


@dataclass
class Truth:
    """Forgotten when the worker begins anew: nobody can be blamed for what was before."""

    schedule: Schedule
    awake_since: float = 0.0
    _streams: dict[tuple[str, str], Run] = field(default_factory=dict)
    _venues: dict[str, Run] = field(default_factory=dict)

    def forget(self) -> None:
        self.awake_since = self.schedule.now
        self._streams.clear()
        self._venues.clear()

    def note_good(self, venue: str, instrument: str) -> None:
        now = self.schedule.now
        _extend(self._streams, (venue, instrument), now)
        _extend(self._venues, venue, now)

    def heard_at(self, venue: str, instrument: str) -> float:
        """When good data came last."""
        run = self._streams.get((venue, instrument))
        return run.last if run else NEVER

    def steady_for(self, venue: str, instrument: str) -> float:
        """Seconds of good data without a pause, up to now; 0 where it pauses."""
        return self._steady(self._streams.get((venue, instrument)))

    def venue_steady_for(self, venue: str) -> float:
        """The same for any of its instruments."""
        return self._steady(self._venues.get(venue))

    def _steady(self, run: Run | None) -> float:
        now = self.schedule.now
        return now - run.since if run and now - run.last <= PAUSE_S else 0.0


def _extend(runs: dict[Key, Run], key: Key, now: float) -> None:
    run = runs.get(key)
    if run is None or now - run.last > PAUSE_S:
        runs[key] = Run(now, now)
    else:
        run.last = now
