"""Which sessions there are: as many as wanted, each once, and no venue is hammered."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, Final

from feeds.connection.effects import Close, Connect, Effect
from feeds.connection.events import Ended, Event, PutOff
from feeds.pace import Rate
from tests.simulation.invariants.base import Invariant

if TYPE_CHECKING:
    from tests.simulation.session import FakeSession
    from tests.simulation.worker import Worker
    from tests.simulation.world import World

# A tenth of what the venues publish, for one supervisor.
ATTEMPTS: Final = Rate(30, within=300.0)
# An answer comes at the latest when data does not, and nobody else is heard either.
ANSWERED_WITHIN_S: Final = 20.0
# How long there may be more sessions than wanted: better venues have to prove themselves for a minute, and may fail.
SURPLUS_FOR_S: Final = 240.0


class NewNumbers(Invariant):
    """A session's number is never used again, and only what exists is closed, once."""

    name = "new numbers"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._begun: dict[str, dict[int, str]] = {}
        self._closed: dict[str, set[int]] = {}

    def started(self, worker: Worker, fence: int) -> None:
        self._begun[worker.name], self._closed[worker.name] = {}, set()

    def decided(self, worker: Worker, effects: list[Effect]) -> None:
        begun, closed = self._begun[worker.name], self._closed[worker.name]
        for effect in effects:
            match effect:
                case Connect(number, venue):
                    if number in begun:
                        self.break_off(f"session {number} begins a second time")
                    begun[number] = venue
                case Close(number):
                    if number not in begun or number in closed:
                        self.break_off(f"session {number} is closed, which does not exist or was closed before")
                    closed.add(number)


class Answered(Invariant):
    """Every session that is begun is answered, and ends once."""

    name = "every connect is answered"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._ended: dict[str, set[int]] = {}

    def started(self, worker: Worker, fence: int) -> None:
        self._ended[worker.name] = set()

    def told(self, worker: Worker, event: Event) -> None:
        if isinstance(event, Ended | PutOff):
            if event.session in self._ended[worker.name]:
                self.break_off(f"session {event.session} ends twice")
            self._ended[worker.name].add(event.session)

    def look(self) -> None:
        for worker in self.world.workers:
            for session in worker.sessions.values():
                if not session.is_connected and not session.is_over and worker.is_watching:
                    self._check(worker, session)

    def _check(self, worker: Worker, session: FakeSession) -> None:
        since = max(session.begun_at, worker.truth.awake_since)
        if self.now - since > ANSWERED_WITHIN_S:
            self.break_off(f"session {session.number} to {session.venue.code} hangs since {since:.1f}")


class Budget(Invariant):
    """A supervisor tries no venue more than 30 times in 5 minutes, and all of them together keep to its limit."""

    name = "budget"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._tried: dict[str, deque[float]] = {}

    def attempted(self, session: FakeSession) -> None:
        code, worker = session.venue.code, session.worker
        key = f"{code} by {worker.name} with fence {worker.fence}"
        self._count(key, ATTEMPTS)
        self._count(code, self.world.rates[code])

    def _count(self, key: str, rate: Rate) -> None:
        tried = self._tried.setdefault(key, deque())
        tried.append(self.now)
        while tried[0] <= self.now - rate.within:
            tried.popleft()
        if len(tried) > rate.count:
            self.break_off(f"{len(tried)} connections to {key} in {rate.within:g} s")


class NoLeak(Invariant):
    """There are no more sessions than the lead, its standbys, a guest for what they lack, and one that is renewed."""

    name = "no leak"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._crowded_since: dict[str, float] = {}

    def look(self) -> None:
        for worker in self.world.workers:
            venues = Counter(each.venue.code for each in worker.sessions.values() if not each.is_leaving)
            if max(venues.values(), default=0) > 2:
                self.break_off(f"three sessions of one venue: {dict(venues)}")
            if not worker.is_watching or not worker.lead or len(venues) <= self.world.most_venues:
                self._crowded_since.pop(worker.name, None)
            elif self.now - self._crowded_since.setdefault(worker.name, self.now) > SURPLUS_FOR_S:
                self.break_off(f"{len(venues)} venues for {SURPLUS_FOR_S:g} s: {sorted(venues)}")


class OneRotation(Invariant):
    """One venue is renewed at a time, and what was forbidden is left."""

    name = "one rotation"

    def decided(self, worker: Worker, effects: list[Effect]) -> None:
        venues = Counter(each.venue.code for each in worker.sessions.values() if not each.is_leaving)
        twice = [code for code, count in venues.items() if count > 1]
        if len(twice) > 1:
            self.break_off(f"{twice} are renewed at the same time")


class ForbiddenIsLeft(Invariant):
    """A venue that an admin forbids has no session, and leads nothing, 5 s later at the latest."""

    name = "forbidden is left"

    def look(self) -> None:
        if self.now - self.world.adopted_at < 5.0:
            return
        allowed = [terms.code for terms in self.world.policy.venues]
        for worker in self.world.workers:
            if worker.is_watching and self.now - worker.truth.awake_since > 5.0:
                here = [each.venue.code for each in worker.sessions.values() if not each.is_leaving]
                bad = [code for code in (*here, worker.lead) if code and code not in allowed]
                if bad:
                    self.break_off(f"{bad} are still used")
