"""Holds every invariant against everything that happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from feeds.connection.effects import Effect
from feeds.connection.events import Event
from tests.simulation.invariants import INVARIANTS, Invariant
from tests.simulation.store import State

if TYPE_CHECKING:
    from tests.simulation.session import FakeSession
    from tests.simulation.worker import Worker
    from tests.simulation.world import World

LOOK_EVERY_S: Final = 1.0


class Auditor:
    """Passes on to each invariant what it wants to hear, and nothing else: most want little, and much is said."""

    def __init__(self, world: World) -> None:
        invariants = [kind(world) for kind in INVARIANTS]
        self._started = [each.started for each in invariants if _wants(each, "started")]
        self._resumed = [each.resumed for each in invariants if _wants(each, "resumed")]
        self._told = [each.told for each in invariants if _wants(each, "told")]
        self._decided = [each.decided for each in invariants if _wants(each, "decided")]
        self._attempted = [each.attempted for each in invariants if _wants(each, "attempted")]
        self._published = [each.published for each in invariants if _wants(each, "published")]
        self._looks = [each.look for each in invariants if _wants(each, "look")]
        self._looks_back = [each.look_back for each in invariants if _wants(each, "look_back")]
        self._schedule = world.schedule
        self._schedule.after(LOOK_EVERY_S, self._look)

    def started(self, worker: Worker, fence: int) -> None:
        for hear in self._started:
            hear(worker, fence)

    def resumed(self, worker: Worker) -> None:
        for hear in self._resumed:
            hear(worker)

    def told(self, worker: Worker, event: Event) -> None:
        for hear in self._told:
            hear(worker, event)

    def decided(self, worker: Worker, effects: list[Effect]) -> None:
        for hear in self._decided:
            hear(worker, effects)

    def attempted(self, session: FakeSession) -> None:
        for hear in self._attempted:
            hear(session)

    def published(self, instrument: str, state: State) -> None:
        for hear in self._published:
            hear(instrument, state)

    def look_back(self) -> None:
        for look_back in self._looks_back:
            look_back()

    def _look(self) -> None:
        for look in self._looks:
            look()
        self._schedule.after(LOOK_EVERY_S, self._look)


def _wants(invariant: Invariant, what: str) -> bool:
    return getattr(type(invariant), what) is not getattr(Invariant, what)
