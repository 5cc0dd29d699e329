"""What people are told: it is true within 3 s. And that the supervisor sleeps between its looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from feeds.connection.effects import Clear, Effect, Enter, Raise
from feeds.connection.events import Event, Ticked
from tests.simulation.invariants.base import Invariant

if TYPE_CHECKING:
    from tests.simulation.worker import Worker
    from tests.simulation.world import World

TRUE_WITHIN_S: Final = 3.0
ALERT_WITHIN_S: Final = 15.0
MOST_TICKS: Final = 20


class StatusIsTrue(Invariant):
    """A venue is shown as connected when it delivers, and not when it has no session."""

    name = "status is true"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._shown: dict[tuple[str, str], str] = {}
        self._wrong_since: dict[tuple[str, str], float] = {}

    def started(self, worker: Worker, fence: int) -> None:
        self._shown |= {(worker.name, code): "idle" for code in self.world.venues}

    def resumed(self, worker: Worker) -> None:
        self._wrong_since.clear()

    def decided(self, worker: Worker, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Enter):
                self._shown[worker.name, effect.venue] = effect.state

    def look(self) -> None:
        for worker in self.world.workers:
            if worker.is_watching:
                for terms in self.world.policy.venues:
                    self._check(worker, terms.code)

    def _check(self, worker: Worker, code: str) -> None:
        sessions = [each for each in worker.sessions.values() if each.venue.code == code]
        shown = self._shown[worker.name, code]
        is_wrong = (not sessions and shown in ("connected", "connecting")) or (
            any(each.is_delivering for each in sessions) and shown != "connected"
        )
        if not is_wrong:
            self._wrong_since.pop((worker.name, code), None)
        elif self.now - self._wrong_since.setdefault((worker.name, code), self.now) > TRUE_WITHIN_S:
            self.break_off(f"{code} is shown as {shown} and has {len(sessions)} sessions")


class Alerted(Invariant):
    """Nobody delivers: a person is told within 15 s, once, and told when it is over."""

    name = "alerted"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._raised: dict[str, set[tuple[str, str]]] = {}
        self._blind_since: dict[str, float] = {}

    def started(self, worker: Worker, fence: int) -> None:
        self._raised[worker.name] = set()
        self._blind_since[worker.name] = self.now

    def resumed(self, worker: Worker) -> None:
        self._blind_since[worker.name] = self.now

    def decided(self, worker: Worker, effects: list[Effect]) -> None:
        raised = self._raised[worker.name]
        if worker.lead or worker.former_lead:
            self._blind_since[worker.name] = self.now
        for effect in effects:
            match effect:
                case Raise(kind, subject):
                    if (kind, subject) in raised:
                        self.break_off(f"{kind} {subject} is raised twice")
                    raised.add((kind, subject))
                case Clear(kind, subject):
                    if (kind, subject) not in raised:
                        self.break_off(f"{kind} {subject} is cleared, which was not raised")
                    raised.discard((kind, subject))

    def look(self) -> None:
        for worker in self.world.workers:
            if not worker.is_watching:
                continue
            is_told = ("no_venue", "") in self._raised[worker.name]
            if worker.lead:
                self._blind_since[worker.name] = self.now
                if is_told:
                    self.break_off(f"{worker.lead} leads, and nobody is said to deliver")
            elif self.now - self._blind_since[worker.name] > ALERT_WITHIN_S and not is_told:
                self.break_off("nobody delivers, and nobody is told")


class NoBusyLoop(Invariant):
    """The supervisor wants to know the time at most 20 times a second."""

    name = "no busy loop"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._second: dict[str, tuple[int, int]] = {}

    def told(self, worker: Worker, event: Event) -> None:
        if isinstance(event, Ticked):
            second, count = self._second.get(worker.name, (0, 0))
            count = count + 1 if second == int(self.now) else 1
            self._second[worker.name] = (int(self.now), count)
            if count > MOST_TICKS:
                self.break_off(f"{count} looks at the clock in a second")
