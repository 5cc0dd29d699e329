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
    """From its first trade to its last, each stream is stored, on its way, or in a gap row; and nothing twice."""

    name = "nothing lost"

    def look_back(self) -> None:
        waiting = [trade for worker in self.world.workers for trade in worker.pending]
        for venue, instrument, trade_id in [*self.world.store.log, *waiting]:
            self.world.ledger.store(venue, instrument, trade_id)
        for (venue, instrument), heard in self.world.heard.items():
            spans = self.world.ledger.stored.get((venue, instrument))
            if spans is None or spans.last is None or spans.last < heard:
                self.break_off(f"{venue} {instrument}: trade {heard} came, and is neither stored nor before a gap")
