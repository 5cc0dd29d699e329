"""What a feed does next: an event and the time go in, effects come out. Pure: no clock, no random, no I/O.

Read `handle`, then `_decide`: it says in which order things are looked at. What is remembered is in record.py; when a
stream is silent in silence.py; whose price is shown in choice.py; which sessions are to exist in roster.py; when a
venue is not believed any more in circuit.py; how long it is left alone in retry.py; what events mean in notes.py.
"""

from typing import Final

from feeds.connection import choice, roster
from feeds.connection.effects import Close, Connect, Divert, Effect, Lead, Turn
from feeds.connection.events import Adopted, Event, Heard, Policy, Repeated, Skewed, Ticked, Unsettled
from feeds.connection.notes import Notes
from feeds.connection.record import Memory, Session
from feeds.connection.report import Report
from feeds.connection.silence import silent_sessions, suspected_at

# Timers that need no more than this are looked at together.
LOOK_EVERY_S: Final = 1.0
# How long no venue has to deliver before a person is told.
BLIND_AFTER_S: Final = 10.0


class Supervisor:
    """One feed. Every call brings the time, in seconds of one monotonic clock."""

    def __init__(self, policy: Policy) -> None:
        self._memory = Memory(policy)
        self._report = Report(self._memory)
        self._notes = Notes(self._memory, self._report)
        # Instruments that are told to be another venue's than the leading one's.
        self._shown: dict[str, str] = {}
        self._last_session = 0
        self._wake_at = float("-inf")

    def wake_at(self) -> float:
        """When it wants to be told the time, if nothing else happens."""
        return self._wake_at

    def handle(self, event: Event, now: float) -> list[Effect]:
        """What is to be done after this has happened, in this order."""
        is_news = self._notes.hear(event, now) if isinstance(event, Heard) else self._note(event, now)
        if is_news:
            self._decide(now)
        return self._report.take() if is_news else []

    def _note(self, event: Event, now: float) -> bool:
        """False where that changes nothing that has to be decided."""
        match event:
            case Adopted():
                self._notes.adopt(event, now)
            case Skewed():
                self._notes.note_skews(event, now)
            case Unsettled(more_standbys):
                self._memory.more_standbys = more_standbys
            case Ticked() | Heard():
                """Nothing but a reason to decide."""
            case _:
                session = self._memory.sessions.get(event.session)
                if session is None:
                    return False
                if isinstance(event, Repeated):
                    return self._notes.note_repeat(session, now)
                self._notes.note(event, session, now)
        return True

    def _decide(self, now: float) -> None:
        self._leave_silent(now)
        self._choose_lead(now)
        self._staff(now)
        self._choose_sources(now)
        self._watch_blindness(now)
        self._tell_circuits(now)
        self._wake_at = self._next_look(now)

    def _leave_silent(self, now: float) -> None:
        for session, silence in silent_sessions(self._memory, now):
            session.is_silent = True
            what = "nothing that can be believed" if session.held_at > session.last_good_at else "no market data"
            session.farewell = f"silent: {what} for {silence:.1f} s"
            self._memory.venue(session.venue).reason = session.farewell
            self._report.add(Close(session.number, f"{what} for {silence:.1f} s", is_silent=True))

    def _choose_lead(self, now: float) -> None:
        memory = self._memory
        code, reason = choice.next_lead(memory, now)
        if code == memory.lead:
            return
        former, memory.lead = memory.lead, code
        if not former:
            self._forgive(now)
        elif memory.terms(former) is not None and memory.live(former) is None:
            # One that only gave the price away needs no replacement: an admin's new order would wait for it.
            memory.pause(now)
        if code:
            memory.lacking.clear()
            self._shown.clear()
            record = memory.venue(code)
            record.came_back_at = now if record.has_failed else None
            record.has_failed = False
        self._report.add(Lead(code, former, reason, self._report.evidence(now)))

    def _forgive(self, now: float) -> None:
        """Somebody delivers again: the others may be well too, whatever failed while nobody did."""
        for record in self._memory.venues.values():
            record.circuit.hurry(now)
            record.retry_at = min(record.retry_at, now)

    def _staff(self, now: float) -> None:
        wishes = roster.wishes(self._memory, now)
        for session, reason in wishes.end:
            session.farewell = reason
            record = self._memory.venue(session.venue)
            record.reason = reason
            if record.circuit.is_distrusted:
                choice.note_failure(self._memory, record, now)
            self._report.add(Close(session.number, reason, is_missed=record.circuit.is_distrusted))
        if wishes.end:
            self._choose_lead(now)
        for code in wishes.begin:
            if roster.may_begin(self._memory, code, now):
                self._begin(code, now)
        if wishes.renew is not None:
            self._begin(wishes.renew.venue, now, replaces=wishes.renew.number)
        for code in wishes.rest:
            self._report.enter(self._memory.venue(code), "idle", "", now)

    def _begin(self, code: str, now: float, replaces: int | None = None) -> None:
        memory, record = self._memory, self._memory.venue(code)
        terms = memory.terms(code)
        if terms is None:
            return
        if roster.is_blind(memory) and not roster.is_fresh(record, now):
            memory.eager_at = record.eager_at = now
            record.circuit.hurry(now)
        self._last_session += 1
        memory.sessions[self._last_session] = Session(self._last_session, terms, now, replaces)
        if replaces is not None:
            # Its own beginning, as a successor, was another overlap.
            memory.sessions[replaces].has_repeated = False
        record.tried_at = now
        record.tries.note(now)
        record.circuit.tried(now)
        if replaces is None:
            self._report.enter(record, "connecting", "", now)
        self._report.add(Connect(self._last_session, code, record.attempts))

    def _choose_sources(self, now: float) -> None:
        """After the leading venue, which stands for all of them, those instruments that are another's."""
        memory = self._memory
        if not memory.lead:
            return
        for instrument in memory.instruments:
            former = memory.sources.get(instrument, memory.lead)
            source, reason = choice.next_source(memory, instrument, now)
            memory.sources[instrument] = source
            if source == memory.lead:
                memory.lacking.discard(instrument)
            elif reason:
                memory.lacking.add(instrument)
            self._show(instrument, source, former, reason, now)

    def _show(self, instrument: str, source: str, former: str, reason: str, now: float) -> None:
        shown = self._shown.get(instrument, self._memory.lead)
        if source != shown:
            self._report.add(Divert(instrument, source, former, reason, self._report.evidence(now)))
        if source == self._memory.lead:
            self._shown.pop(instrument, None)
        else:
            self._shown[instrument] = source

    def _tell_circuits(self, now: float) -> None:
        for record in self._memory.venues.values():
            if (state := record.circuit.state(now)) != record.told_circuit:
                record.told_circuit = state
                self._report.add(Turn(record.code, state))

    def _watch_blindness(self, now: float) -> None:
        memory = self._memory
        memory.good_at = now if memory.good_at is None else memory.good_at
        if memory.lead:
            self._report.clear("no_venue", "")
        elif now - memory.good_at >= BLIND_AFTER_S:
            self._report.alert("no_venue", "", "no venue delivers")

    def _next_look(self, now: float) -> float:
        memory = self._memory
        due = [now + LOOK_EVERY_S]
        if roster.is_blind(memory):
            due.append(memory.eager_at + roster.EAGER_EVERY_S)
        due += [suspected_at(memory, session) for session in memory.sessions.values() if session.opened_at is not None]
        due += [record.retry_at for record in memory.venues.values()]
        due += [record.barred_until for record in memory.venues.values()]
        due.append(memory.pause_until)
        due += [session.begun_at + choice.PATIENCE_S for session in memory.sessions.values()]
        return min((each for each in due if each > now), default=now + LOOK_EVERY_S)
