"""Where every trade is: stored, on its way, or known to be missing; and none is missed on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from feeds.connection.effects import Close, Effect
from tests.simulation.invariants.base import Invariant

if TYPE_CHECKING:
    from tests.simulation.worker import Worker

WELL_S: Final = 60.0


class NothingMissedOnPurpose(Invariant):
    """The leading venue's session is renewed before it is closed: while the venue is well, another one delivers."""

    name = "nothing missed on purpose"

    def decided(self, worker: Worker, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Close) and not effect.is_silent and worker.is_watching:
                self._check(worker, effect)

    def _check(self, worker: Worker, effect: Close) -> None:
        session = worker.sessions.get(effect.session)
        if session is None or not session.is_connected or session.venue.code != worker.former_lead:
            return
        code = session.venue.code
        is_well = self.world.well_for(worker, code, session.venue.instruments[0]) > WELL_S
        others = [each for each in worker.sessions.values() if each.venue.code == code and each.is_delivering]
        if is_well and not others and not self._is_relieved(worker):
            self.break_off(f"{code} leads and is well, and its only session is closed: {effect.reason}")

    def _is_relieved(self, worker: Worker) -> bool:
        """A better venue has taken the lead."""
        order = [terms.code for terms in self.world.policy.venues]
        return worker.lead in order[: order.index(worker.former_lead)]


class NothingLost(Invariant):
    """Every trade that came is stored, in the log, or waiting in a worker, unless that one crashed; and once.

    What never came is a jump of ids, and a jump of ids is a gap row: `feeds/market/coverage.py` is tried by itself.
    """

    name = "nothing lost"

    def look_back(self) -> None:
        ledger, store = self.world.ledger, self.world.store
        logged = sum(worker.intake.logged for worker in self.world.workers)
        found = ledger.count() + ledger.repeats + len(store.log)
        if found != logged:
            self.break_off(f"{logged} trades were acknowledged, and {found} are stored or on their way")
        for worker in self.world.workers:
            intake = worker.intake
            if intake.taken != intake.logged + intake.crashed_with + len(intake.pending):
                self.break_off(f"{worker.name} took {intake.taken} trades and logged {intake.logged}")
