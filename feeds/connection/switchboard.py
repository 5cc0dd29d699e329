"""Carries out what the supervisor decides: lines begin and end, the board shows it, the journal keeps it."""

import asyncio
import logging
from datetime import timedelta
from typing import Final

from msgspec import structs

from feeds.clock import Clock
from feeds.connection.board import Board
from feeds.connection.condition import AT_REST
from feeds.connection.effects import Clear, Close, Connect, Divert, Effect, Enter, Lead, Raise, Turn, VenueEvidence
from feeds.connection.events import Adopted, Ended, Event, Policy, Ticked, VenueTerms
from feeds.connection.handover import Handover
from feeds.connection.intake import Intake
from feeds.connection.journal import Journal
from feeds.connection.ledger import Ledger
from feeds.connection.line import Around, Line
from feeds.connection.supervisor import Supervisor
from feeds.errors import ConnectFailed
from feeds.queries import FeedPlan, VenuePlan
from feeds.storage.allowance import Allowance
from feeds.storage.latest import AlertState, Switch
from feeds.venues import REGISTRY

logger = logging.getLogger(__name__)

# However long the supervisor could wait: a plan or a clock may change meanwhile.
LOOK_AT_MOST_EVERY_S: Final = 0.5


class Switchboard:
    """One feed's sessions, as its supervisor wants them."""

    def __init__(
        self,
        plan: FeedPlan,
        board: Board,
        journal: Journal,
        ledger: Ledger,
        intake: Intake,
        allowance: Allowance,
        clock: Clock,
    ) -> None:
        self._plan = plan
        self._board = board
        self._journal = journal
        self._clock = clock
        self._around = Around(intake, ledger, allowance, clock, self.hear)
        self._supervisor = Supervisor(_policy(plan))
        self._lines: dict[int, Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._handover: Handover | None = None
        self._is_stopping = False

    async def run(self) -> None:
        """Tells the supervisor the time whenever it wants to know it, until `stop`."""
        self.adopt(self._plan)
        while not self._is_stopping:
            wait = self._supervisor.wake_at() - self._clock.monotonic()
            await self._clock.sleep(min(LOOK_AT_MOST_EVERY_S, max(0.01, wait)))
            if self._clock.monotonic() >= self._supervisor.wake_at():
                self.hear(Ticked())

    def hear(self, event: Event) -> None:
        """Something happened: what the supervisor wants done about it is done at once."""
        if self._is_stopping:
            return
        for effect in self._supervisor.handle(event, self._clock.monotonic()):
            self._do(effect)

    def adopt(self, plan: FeedPlan) -> None:
        """Takes over what an admin changed."""
        self._plan = plan
        self._board.follow(plan, self._clock.now())
        held = {state: frozenset(v.code for v in plan.venues if v.circuit == state) for state in ("open", "closed")}
        self.hear(Adopted(_policy(plan), held["open"], held["closed"]))

    def resume(self, handover: Handover) -> None:
        """What was shown before this process; the first venue that leads takes the price over from there."""
        self._handover = handover

    def stop(self) -> None:
        """Nothing begins any more; every line says goodbye."""
        self._is_stopping = True
        for line in self._lines.values():
            line.leave("the feed stops", is_missed=True)

    async def finish(self) -> None:
        """Waits until every line has left."""
        try:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        finally:
            for task in self._tasks:
                task.cancel()

    def _do(self, effect: Effect) -> None:
        match effect:
            case Connect():
                self._connect(effect)
            case Close():
                self._close(effect)
            case Lead():
                self._lead(effect)
            case Divert():
                self._divert(effect)
            case Enter():
                self._enter(effect)
            case Turn(venue, circuit):
                self._board.turn(venue, circuit)
            case Raise(kind, subject, text):
                self.alert(kind, subject, text)
            case Clear(kind, subject):
                self.clear(kind, subject)

    def _connect(self, effect: Connect) -> None:
        venue = self._plan.venue(effect.venue)
        if venue is None:
            return
        line = self._lines[effect.session] = Line(effect.session, venue, effect.attempt, self._around)
        task = asyncio.create_task(line.run(), name=f"session {effect.session} to {effect.venue}")
        self._tasks.add(task)
        task.add_done_callback(lambda task: self._note_end(effect.session, task))

    def _note_end(self, session: int, task: asyncio.Task[None]) -> None:
        """A line that fails by a fault of ours ends its session: the feed goes on with the others."""
        self._tasks.discard(task)
        self._lines.pop(session, None)
        if not task.cancelled() and task.exception() is not None:
            logger.error("a session failed", exc_info=task.exception())
            self.hear(Ended(session, ConnectFailed("a fault of ours, see the log"), 0.0, 0.5))

    def _close(self, effect: Close) -> None:
        if (line := self._lines.get(effect.session)) is None:
            return
        if effect.is_silent:
            line.cut(effect.reason)
        else:
            line.leave(effect.reason, is_missed=effect.is_missed)

    def _lead(self, effect: Lead) -> None:
        now = self._clock.now()
        logger.log(
            logging.INFO if effect.venue else logging.WARNING, "%s leads: %s", effect.venue or "nobody", effect.reason
        )
        if effect.former:
            last_data_at = self._board.seen_at(effect.former) or now
            self._handover = Handover(effect.former, effect.reason, last_data_at, self._complete(effect.evidence))
        handover, reason = self._handover, effect.reason
        if effect.venue and handover is not None:
            switch, self._handover = handover.to(effect.venue, now), None
            reason = reason if effect.former else handover.reason
            if switch.from_venue != switch.to_venue or switch.stale_s:
                self._tell(handover, switch)
        self._board.lead(effect.venue, reason, now)

    def _divert(self, effect: Divert) -> None:
        now = self._clock.now()
        shown = self._board.shown(effect.instrument)
        self._board.divert(effect.instrument, effect.venue)
        if effect.former == effect.venue:
            return
        logger.info("%s is shown from %s: %s", effect.instrument, effect.venue, effect.reason)
        last_data_at = shown.seen_at if shown else now
        evidence = self._complete(effect.evidence)
        handover = Handover(effect.former, effect.reason, last_data_at, evidence, effect.instrument)
        self._tell(handover, handover.to(effect.venue, now))

    def _complete(self, evidence: dict[str, VenueEvidence]) -> dict[str, VenueEvidence]:
        """With what each venue said last, which the supervisor does not hear."""
        said = self._around.intake.said
        return {code: structs.replace(each, said=said(code)) for code, each in evidence.items()}

    def _tell(self, handover: Handover, switch: Switch) -> None:
        self._board.switch(switch)
        self._journal.switched(handover, switch)

    def _enter(self, effect: Enter) -> None:
        now = self._clock.now()
        retry_at = now + timedelta(seconds=effect.retry_in) if effect.retry_in is not None else None
        state, reason = effect.state, effect.reason
        if state in AT_REST and not self._plan.has_enabled(effect.venue):
            state, reason, retry_at = "disabled", "switched off in the admin", None
        self._board.enter(effect.venue, state, reason, now, retry_at, effect.attempts)
        self._journal.entered(effect.venue, state, reason, now)

    def alert(self, kind: str, subject: str, text: str) -> None:
        """A person should know."""
        now = self._clock.now()
        logger.error("%s %s: %s", kind, subject, text)
        self._board.alert(AlertState(kind, subject, text, now))
        self._journal.raised(kind, subject, text, now)

    def clear(self, kind: str, subject: str) -> None:
        """What was raised is over."""
        self._board.clear(kind, subject)
        self._journal.cleared(kind, subject, self._clock.now())


def _policy(plan: FeedPlan) -> Policy:
    venues = tuple(_terms(venue) for venue in plan.venues if venue.is_enabled)
    return Policy(venues, plan.failback_after, plan.pause_between, plan.standbys)


def _terms(venue: VenuePlan) -> VenueTerms:
    instruments = tuple(sorted(set(venue.instruments.values())))
    life_after = REGISTRY[venue.code].life_after
    return VenueTerms(venue.code, instruments, venue.silent_after, life_after, venue.setup)
