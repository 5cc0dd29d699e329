"""A worker: its lease, a supervisor while it holds it, and the sessions that this one wants."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from feeds.connection.effects import Close, Connect, Divert, Effect, Lead
from feeds.connection.events import Adopted, Event, Heard, Skewed, Ticked
from feeds.connection.supervisor import Supervisor
from tests.simulation.database import DatabaseDown
from tests.simulation.intake import Intake
from tests.simulation.session import FakeSession
from tests.simulation.truth import Truth

if TYPE_CHECKING:
    from tests.simulation.world import World

LEASE_EVERY_S: Final = 2.0
SKEW_EVERY_S: Final = 10.0
# As connection/switchboard.py looks at its supervisor's clock.
LOOK_AT_MOST_EVERY_S, LOOK_AT_LEAST_AFTER_S = 0.5, 0.01
CLOCK_WRONG_S: Final = 3600.0


class Worker:
    """`offset` is how far its monotonic clock is from the world's: no two machines count from the same moment."""

    def __init__(self, name: str, world: World) -> None:
        self.name, self.world = name, world
        self.offset = world.random.uniform(0.0, 1e6)
        self.is_up, self.is_paused, self.is_clock_right = True, False, True
        self.supervisor: Supervisor | None = None
        self.sessions: dict[int, FakeSession] = {}
        # Before and after what was decided last.
        self.former_lead = self.lead = ""
        self.former_sources: dict[str, str] = {}
        self.diverted: dict[str, str] = {}
        # Every session of this life, also those that are over.
        self.known: dict[int, FakeSession] = {}
        self.intake = Intake(self)
        self.truth = Truth(world.schedule)
        self._inbox: list[tuple[Callable[..., None], tuple[Any, ...]]] = []
        self.life = self.fence = 0
        world.schedule.after(world.random.uniform(0.0, 2.0), self._keep_lease, 0)

    @property
    def is_watching(self) -> bool:
        """Whether a supervisor runs here, and is awake."""
        return self.supervisor is not None and not self.is_paused

    def source(self, instrument: str) -> str:
        """The venue whose price of it is shown."""
        return self.diverted.get(instrument, self.lead)

    # Its lease.

    def crash(self) -> None:
        """What it had in memory is gone; its sockets close."""
        self._stop()
        self.is_up = False
        self.intake.crash()
        self._inbox.clear()

    def restart(self) -> None:
        self.is_up, self.is_paused = True, False
        self.world.schedule.after(0.5, self._keep_lease, self.life)

    def pause(self) -> None:
        self.is_paused = True

    def resume(self) -> None:
        """Everything that came meanwhile comes now, at once."""
        self.is_paused = False
        self.truth.forget()
        self.world.auditor.resumed(self)
        inbox, self._inbox = self._inbox, []
        for do, given in inbox:
            do(*given)

    def is_late(self, do: Callable[..., None], *given: Any) -> bool:
        """Whether this has to wait until the worker does not stand still any more; then it does."""
        if self.is_paused:
            self._inbox.append((do, given))
        return self.is_paused

    def _keep_lease(self, life: int) -> None:
        if life != self.life or self.is_late(self._keep_lease, life):
            return
        try:
            self._claim_or_renew()
        except DatabaseDown:
            # Who collects goes on collecting: trades are logged all the same.
            self.world.record.note(self.world.schedule.now, self.name, "the database is away")
        self.world.schedule.after(LEASE_EVERY_S, self._keep_lease, self.life)

    def _claim_or_renew(self) -> None:
        database = self.world.database
        if self.supervisor is None:
            fence = database.claim(self.name)
            if fence is not None:
                self._start(fence)
        elif not database.renew(self.name, self.fence):
            self._stop()

    def _start(self, fence: int) -> None:
        self.fence = fence
        self.intake.begin()
        self.known, self.diverted = {}, {}
        self.lead = ""
        self.truth.forget()
        self.supervisor = Supervisor(self.world.policy)
        self.world.record.note(self.world.schedule.now, self.name, f"starts with fence {fence}")
        self.world.auditor.started(self, fence)
        self.adopt()
        self._look(self.life)
        self.world.schedule.after(SKEW_EVERY_S, self._tell_skews, self.life)

    def _stop(self) -> None:
        self.life += 1
        self.supervisor = None
        for session in list(self.sessions.values()):
            session.hang_up()
        self.sessions.clear()
        self.truth.forget()

    # What its supervisor hears and wants.

    def adopt(self) -> None:
        world = self.world
        self.hear(Adopted(world.policy, world.forced_open, world.forced_closed))

    def hear(self, event: Event) -> None:
        if self.is_late(self.hear, event) or self.supervisor is None:
            return
        now = self.world.schedule.now
        self.world.record.note(now, self.name, event)
        effects = self.supervisor.handle(event, now + self.offset)
        if not isinstance(event, Heard):
            self.world.auditor.told(self, event)
        self.former_lead, self.former_sources = self.lead, dict(self.diverted)
        for effect in effects:
            self.world.record.note(now, self.name, effect)
            self._do(effect)
        if effects:
            self.world.auditor.decided(self, effects)

    def _do(self, effect: Effect) -> None:
        match effect:
            case Connect(session, venue):
                self.known[session] = self.sessions[session] = FakeSession(session, self.world.venues[venue], self)
            case Close(number, reason, is_silent) if number in self.known:
                self.known[number].leave(reason, is_silent)
            case Lead(venue):
                self.lead = venue
                # While there is none, the last prices stay.
                if venue:
                    self.diverted.clear()
            case Divert(instrument, venue) if venue == self.lead:
                self.diverted.pop(instrument, None)
            case Divert(instrument, venue):
                self.diverted[instrument] = venue
            case _:
                pass

    def forget(self, session: FakeSession) -> None:
        self.sessions.pop(session.number, None)

    def _look(self, life: int) -> None:
        """Tells the supervisor the time when it wants to know it."""
        if life != self.life or self.supervisor is None or self.is_late(self._look, life):
            return
        now = self.world.schedule.now + self.offset
        if now >= self.supervisor.wake_at():
            self.hear(Ticked())
        wait = self.supervisor.wake_at() - now
        self.world.schedule.after(min(LOOK_AT_MOST_EVERY_S, max(LOOK_AT_LEAST_AFTER_S, wait)), self._look, life)

    def _tell_skews(self, life: int) -> None:
        if life != self.life:
            return
        error = 0.0 if self.is_clock_right else CLOCK_WRONG_S
        venues = {each.venue.code: each.venue for each in self.sessions.values() if each.is_connected}
        self.hear(Skewed({code: venue.skew() + error for code, venue in venues.items()}))
        self.world.schedule.after(SKEW_EVERY_S, self._tell_skews, life)
