"""How long a venue is left alone: for as long as it wishes, and longer with each failure; but not for ever."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from feeds.connection.effects import Connect, Effect, Enter, Lead, Turn
from feeds.connection.events import Adopted, Connected, Ended, Event, PutOff
from tests.simulation.invariants.base import Invariant

if TYPE_CHECKING:
    from tests.simulation.worker import Worker
    from tests.simulation.world import World

# F-08, less the jitter of a fifth.
WAITS_S: Final = (1, 1, 2, 3, 5, 8, 13, 21, 34, 55)
LEAST_SHARE: Final = 0.79
LONGEST_WAIT_S: Final = 55 * 1.2
FORGIVEN_AFTER_S: Final = 60.0
# The longest wait with its jitter, and the longest that a circuit stays open.
TRIED_WITHIN_S: Final = 680.0
# Two clocks that count from different moments round differently.
ROUNDED_S: Final = 0.001
NEVER: Final = float("-inf")


@dataclass
class History:
    """What a venue did to one supervisor: failures in a row, and until when it wants to be left alone."""

    failures: int = 0
    failed_at: float = NEVER
    connected_at: float | None = None
    barred_until: float = NEVER


class Patient(Invariant):
    """No connection before a venue's wish is over, nor before the wait for its failures unless nobody delivers."""

    name = "patient"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._histories: dict[tuple[str, str], History] = {}
        self._circuits: dict[tuple[str, str], str] = {}

    def started(self, worker: Worker, fence: int) -> None:
        self._histories |= {(worker.name, code): History() for code in self.world.venues}

    def told(self, worker: Worker, event: Event) -> None:
        match event:
            case Adopted():
                self._forgive(worker)
            case Connected(number):
                self._history(worker, number).connected_at = self.now
            case PutOff(number, seconds):
                self._bar(self._history(worker, number), seconds)
            case Ended(number, error, cool_off):
                history = self._history(worker, number)
                self._bar(history, max(cool_off, error.wait_at_least))
                if worker.known[number].failed_with(error):
                    self._note_failure(worker, number, history)

    def decided(self, worker: Worker, effects: list[Effect]) -> None:
        for turn in effects:
            if isinstance(turn, Turn):
                self._circuits[worker.name, turn.venue] = turn.circuit
        for effect in effects:
            if isinstance(effect, Lead) and not effect.former:
                self._forgive(worker)
            if isinstance(effect, Connect):
                self._check(worker, effect)
            if isinstance(effect, Enter) and effect.retry_in is not None and self._is_closed(worker, effect.venue):
                self._check_wait(worker, effect.venue, effect.retry_in)

    def _is_closed(self, worker: Worker, venue: str) -> bool:
        return self._circuits.get((worker.name, venue), "closed") == "closed"

    def _forgive(self, worker: Worker) -> None:
        """A new order, or somebody delivers again: everybody may be tried at once."""
        for code in self.world.venues:
            self._histories[worker.name, code].failed_at = NEVER

    def _check(self, worker: Worker, effect: Connect) -> None:
        history = self._histories[worker.name, effect.venue]
        if self.now < history.barred_until - ROUNDED_S:
            self.break_off(f"{effect.venue} is tried {history.barred_until - self.now:.1f} s before it wishes")
        least = LEAST_SHARE * WAITS_S[min(history.failures, len(WAITS_S)) - 1] if history.failures else 0.0
        waited = self.now - history.failed_at
        if waited < least and worker.lead and worker.former_lead:
            self.break_off(f"{effect.venue} is tried {waited:.1f} s after its failure number {history.failures}")

    def _check_wait(self, worker: Worker, code: str, retry_in: float) -> None:
        wished = self._histories[worker.name, code].barred_until - self.now
        if retry_in > max(LONGEST_WAIT_S, wished) + ROUNDED_S:
            self.break_off(f"{code} is not tried for {retry_in:.0f} s, and wished to be left alone for {wished:.0f} s")

    def _note_failure(self, worker: Worker, number: int, history: History) -> None:
        code = worker.known[number].venue.code
        if any(each.is_delivering and each.venue.code == code for each in worker.sessions.values()):
            return
        if history.connected_at is not None and self.now - history.connected_at >= FORGIVEN_AFTER_S:
            history.failures = 0
        history.failures += 1
        history.failed_at, history.connected_at = self.now, None

    def _bar(self, history: History, seconds: float) -> None:
        history.barred_until = max(history.barred_until, self.now + seconds)

    def _history(self, worker: Worker, number: int) -> History:
        return self._histories[worker.name, worker.known[number].venue.code]


class NeverGivenUp(Invariant):
    """While fewer venues deliver than are wanted, one that is well is tried in the end."""

    name = "never given up"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._full_at: dict[str, float] = {}

    def look(self) -> None:
        for worker in self.world.workers:
            here = list(dict.fromkeys(each.venue.code for each in worker.sessions.values()))
            if not worker.is_watching or len(here) > self.world.policy.standbys:
                self._full_at[worker.name] = self.now
            elif self.now - self._full_at[worker.name] > TRIED_WITHIN_S:
                self._check(worker, here)

    def _check(self, worker: Worker, here: list[str]) -> None:
        for terms in self.world.policy.venues:
            seconds = self.world.well_for(worker, terms.code, terms.instruments[0])
            if terms.code not in here and seconds > TRIED_WITHIN_S:
                self.break_off(f"{terms.code} is well for {seconds:.0f} s and not tried, though standbys are missing")
