"""Who is left for silence: who is silent alone, and everybody in the end; and nobody whose silence all share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from feeds.connection.effects import Close, Effect
from tests.simulation.invariants.base import Invariant

if TYPE_CHECKING:
    from tests.simulation.session import FakeSession
    from tests.simulation.worker import Worker
    from tests.simulation.world import World

CEILING_S: Final = 15.0
# What may lie between a silence that is long enough and the look at it.
LATE_S: Final = 2.0
# Others that were heard so much later than the silent one were heard meanwhile.
MEANWHILE_S: Final = 0.5
DOUBTED_WITHIN_S: Final = 60.0
# An instrument comes back to the leading venue when it was heard there for a minute.
HOME_AFTER_S: Final = 66.0


class SilentIsLeft(Invariant):
    """No session goes on for long without data."""

    name = "the silent are left"

    def look(self) -> None:
        for worker in self.world.workers:
            if worker.is_watching:
                for session in worker.sessions.values():
                    self._check(worker, session)

    def _check(self, worker: Worker, session: FakeSession) -> None:
        silence = self.now - max(session.heard_at, session.opened_at, worker.truth.awake_since)
        if session.is_open and not session.is_leaving and silence > CEILING_S + LATE_S:
            self.break_off(f"session {session.number} to {session.venue.code} is silent for {silence:.1f} s")


class SilenceIsCompared(Invariant):
    """Where all are quiet it is the market, or our line: nobody is left before the ceiling."""

    name = "silence is compared"

    def decided(self, worker: Worker, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Close) and effect.is_silent and effect.session in worker.sessions:
                self._check(worker, worker.sessions[effect.session])

    def _check(self, worker: Worker, silent: FakeSession) -> None:
        heard_at = max(silent.heard_at, silent.opened_at)
        # Who was never believed is no witness: beside such a one the silent session is alone.
        believed = [each for each in worker.sessions.values() if each.is_delivering and each.heard_at]
        others = [each for each in believed if each is not silent]
        is_shared = all(each.heard_at < heard_at + MEANWHILE_S for each in others)
        awake_for = self.now - worker.truth.awake_since
        if others and is_shared and self.now - heard_at < CEILING_S - LATE_S < awake_for:
            self.break_off(f"{silent.venue.code} is left after {self.now - heard_at:.1f} s, in which nobody was heard")


class DoubtfulIsLeft(Invariant):
    """A venue that lies in part, or whose clock is wrong, does not lead for long.

    Unless half of those that are heard have the same wrong clock: then nobody can know who is right.
    """

    name = "the doubtful are left"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._outvoted_at: dict[str, float] = {}

    def look(self) -> None:
        for worker in self.world.workers:
            if worker.is_watching and _is_outvoted(worker):
                self._outvoted_at[worker.name] = self.now
            if worker.is_watching and worker.lead and worker.lead not in self.world.forced_closed:
                self._check(worker)

    def _check(self, worker: Worker) -> None:
        since = max(worker.truth.awake_since, self._outvoted_at.get(worker.name, 0.0))
        doubtful_for = min(self.world.venues[worker.lead].doubtful_for(), self.now - since)
        delivered_for = worker.truth.venue_steady_for(worker.lead)
        if min(doubtful_for, delivered_for) > DOUBTED_WITHIN_S and worker.is_clock_right:
            self.break_off(f"{worker.lead} is to be doubted for {doubtful_for:.0f} s, and leads")


class ComesHome(Invariant):
    """An instrument that the leading venue delivers is not shown from another one for ever."""

    name = "comes home"

    def look(self) -> None:
        for worker in self.world.workers:
            if not worker.is_watching:
                continue
            for instrument, venue in worker.diverted.items():
                steady_for = min(
                    worker.truth.steady_for(worker.lead, instrument), self._carried_for(worker, instrument)
                )
                if steady_for > HOME_AFTER_S:
                    self.break_off(f"{instrument} is {venue}'s, and {worker.lead} delivers it for {steady_for:.0f} s")

    def _carried_for(self, worker: Worker, instrument: str) -> float:
        """Seconds for which every session of the leading venue has had the instrument: the newest one counts."""
        sessions = [each for each in worker.sessions.values() if each.venue.code == worker.lead]
        has_all = all(each.is_connected and each.carries(instrument) for each in sessions)
        return min((self.now - each.connected_at for each in sessions), default=0.0) if has_all else 0.0


def _is_outvoted(worker: Worker) -> bool:
    """Whether those with a right clock are not the most of the venues that the worker hears."""
    heard = {each.venue.code: each.venue for each in worker.sessions.values() if each.is_delivering}
    return 2 * sum(venue.has("skewed") for venue in heard.values()) >= len(heard)
