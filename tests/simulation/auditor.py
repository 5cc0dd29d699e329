"""Holds every invariant against everything that happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from feeds.connection.effects import Effect
from feeds.connection.events import Event
from tests.simulation.invariants import INVARIANTS
from tests.simulation.store import State

if TYPE_CHECKING:
    from tests.simulation.session import FakeSession
    from tests.simulation.worker import Worker
    from tests.simulation.world import World

LOOK_EVERY_S: Final = 0.5


class Auditor:
    """Passes on to the invariants what they want to know."""

    def __init__(self, world: World) -> None:
        self._schedule = world.schedule
        self._invariants = [kind(world) for kind in INVARIANTS]
        self._schedule.after(LOOK_EVERY_S, self._look)

    def started(self, worker: Worker, fence: int) -> None:
        for each in self._invariants:
            each.started(worker, fence)

    def stopped(self, worker: Worker) -> None:
        for each in self._invariants:
            each.stopped(worker)

    def resumed(self, worker: Worker) -> None:
        for each in self._invariants:
            each.resumed(worker)

    def told(self, worker: Worker, event: Event) -> None:
        for each in self._invariants:
            each.told(worker, event)

    def decided(self, worker: Worker, effects: list[Effect]) -> None:
        for each in self._invariants:
            each.decided(worker, effects)

    def attempted(self, session: FakeSession) -> None:
        for each in self._invariants:
            each.attempted(session)

    def published(self, instrument: str, state: State) -> None:
        for each in self._invariants:
            each.published(instrument, state)

    def look_back(self) -> None:
        for each in self._invariants:
            each.look_back()

    def _look(self) -> None:
        for each in self._invariants:
            each.look()
        self._schedule.after(LOOK_EVERY_S, self._look)
