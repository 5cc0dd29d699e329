"""Who leads: the best venue that delivers, unless that one failed and has not earned the price back yet.

The rule is written down here once more, from what came and what was decided, and not from the supervisor's memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from feeds.connection.effects import Close, Effect, Lead
from feeds.connection.events import Adopted, Ended, Event
from tests.simulation.invariants.base import Invariant

if TYPE_CHECKING:
    from tests.simulation.worker import Worker
    from tests.simulation.world import World

MAX_HOLD_S: Final = 3600.0
# What may lie between a due return and the look at it.
LATE_S: Final = 5.0
NEVER: Final = float("-inf")


@dataclass
class Standing:
    """What a venue has done since the last new order."""

    failed_at: float = NEVER
    hold: float = 0.0
    came_back_at: float = NEVER

    def fail(self, now: float, hold: float) -> None:
        """One that fails soon after its return has to wait twice as long for the next."""
        self.hold = max(self.hold, hold)
        stayed = now - self.came_back_at
        if stayed < self.hold:
            self.hold = min(MAX_HOLD_S, 2 * self.hold)
        elif MAX_HOLD_S <= stayed < float("inf"):
            self.hold = hold
        self.came_back_at, self.failed_at = NEVER, now


class BestLeads(Invariant):
    """No return before the hold is over, and none much later."""

    name = "the best leads"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._standings: dict[str, dict[str, Standing]] = {}
        self._orders: dict[str, list[str]] = {}

    def started(self, worker: Worker, fence: int) -> None:
        self._standings[worker.name] = {code: Standing() for code in self.world.venues}
        self._orders[worker.name] = []

    def told(self, worker: Worker, event: Event) -> None:
        match event:
            case Adopted(policy):
                self._adopt(worker, [terms.code for terms in policy.venues])
            case Ended(number, error) if worker.known[number].failed_with(error):
                code = worker.known[number].venue.code
                if not self._delivers(worker, code):
                    self._standing(worker, code).fail(self.now, self.world.policy.failback_after)

    def _adopt(self, worker: Worker, order: list[str]) -> None:
        """A new order forgives everybody; and who is new or was forbidden has done nothing yet."""
        former, self._orders[worker.name] = self._orders[worker.name], order
        if [code for code in former if code in order] != [code for code in order if code in former]:
            former = []
        for code in order:
            if code not in former:
                self._standings[worker.name][code] = Standing()

    def decided(self, worker: Worker, effects: list[Effect]) -> None:
        closed = [each for each in effects if isinstance(each, Close)]
        left = [worker.known[each.session].venue.code for each in closed]
        for close, code in zip(closed, left, strict=True):
            if close.is_missed:
                self._standing(worker, code).fail(self.now, self.world.policy.failback_after)
        for effect in effects:
            if isinstance(effect, Lead) and effect.venue:
                self._check_return(worker, effect, left)

    def _check_return(self, worker: Worker, effect: Lead, left: list[str]) -> None:
        order, standing = self._orders[worker.name], self._standing(worker, effect.venue)
        is_free = effect.former in order and effect.former not in left and self._delivers(worker, effect.former)
        has_failed = standing.failed_at > NEVER
        if is_free and order.index(effect.venue) > order.index(effect.former):
            self.break_off(f"{effect.former} delivers and is left for {effect.venue}, which comes after it")
        if is_free and has_failed and self.now - standing.failed_at < standing.hold - LATE_S:
            held = self.now - standing.failed_at
            self.break_off(f"{effect.venue} leads again after {held:.0f} s, where {standing.hold:g} s are due")
        standing.came_back_at, standing.failed_at = self.now if has_failed else NEVER, NEVER

    def look(self) -> None:
        for worker in self.world.workers:
            if worker.is_watching and worker.lead in self._orders[worker.name]:
                self._check_lead(worker)

    def _check_lead(self, worker: Worker) -> None:
        order = self._orders[worker.name]
        for code in order[: order.index(worker.lead)]:
            standing = self._standing(worker, code)
            hold = standing.hold if standing.failed_at > NEVER else 0.0
            since = max(standing.failed_at, self.world.adopted_at, self._connected_at(worker, code))
            steady = min(worker.truth.venue_steady_for(code), self.now - since)
            if self._delivers(worker, code) and steady > hold + LATE_S and not self.world.venues[code].was_doubtful():
                self.break_off(f"{code} delivers for {steady:.0f} s, has to wait {hold:g} s, and {worker.lead} leads")

    def _connected_at(self, worker: Worker, code: str) -> float:
        """Of its oldest session."""
        sessions = [each for each in worker.sessions.values() if each.is_delivering and each.venue.code == code]
        return min((each.connected_at for each in sessions), default=self.now)

    def _delivers(self, worker: Worker, code: str) -> bool:
        return any(each.is_delivering and each.venue.code == code for each in worker.sessions.values())

    def _standing(self, worker: Worker, code: str) -> Standing:
        return self._standings[worker.name][code]
