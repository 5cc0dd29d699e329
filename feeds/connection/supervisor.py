"""What a feed does next: an event and the time go in, effects come out. Pure: no clock, no random, no I/O.

Read `handle`, then `_decide`: it says in which order things are looked at. What is remembered is in record.py; when a
stream is silent in silence.py; whose price is shown in choice.py; which sessions are to exist in roster.py; when a
venue is not believed any more in circuit.py; how long it is left alone in retry.py; what events mean in notes.py.
"""

from statistics import median_low
from typing import Final

from feeds.connection import choice, roster
from feeds.connection.effects import Close, Connect, Divert, Effect, Lead
from feeds.connection.events import Adopted, Event, Heard, Policy, Skewed, Ticked, Unsettled
from feeds.connection.notes import Notes
from feeds.connection.record import Memory, Session, VenueRecord
from feeds.connection.report import Report
from feeds.connection.rhythm import Rhythm
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
        self._last_session = 0
        self._wake_at = float("-inf")

    def wake_at(self) -> float:
        """When it wants to be told the time, if nothing else happens."""
        return self._wake_at

    def handle(self, event: Event, now: float) -> list[Effect]:
        """What is to be done after this has happened, in this order."""
        if not isinstance(event, Heard) or self._hear(event, now):
            self._note(event, now)
            self._decide(now)
            return self._report.take()
        return []

    def _hear(self, event: Heard, now: float) -> bool:
        """Data came, up to ten thousand times a second. True when it changes what has to be decided."""
        memory = self._memory
        session = memory.sessions.get(event.session)
        if session is None:
            return False
        record = memory.venue(session.venue)
        was = record.circuit.state(now)
        record.circuit.judged(event.is_good, now)
        if event.is_good:
            self._note_good(session, record, event.instrument, now)
        return record.circuit.state(now) != was

    def _note_good(self, session: Session, record: VenueRecord, instrument: str, now: float) -> None:
        heard_at = session.heard_at.get(instrument)
        if heard_at is None or now - heard_at >= session.terms.silent_after:
            session.steady_since[instrument] = now
        session.heard_at[instrument] = session.last_good_at = record.last_good_at = now
        record.circuit.delivered(now)
        record.rhythm.heard(now)
        if (rhythm := record.rhythms.get(instrument)) is None:
            rhythm = record.rhythms[instrument] = Rhythm(0.0)
        rhythm.heard(now)

    def _note(self, event: Event, now: float) -> None:
        match event:
            case Adopted():
                self._adopt(event, now)
            case Skewed():
                self._note_skew(event, now)
            case Unsettled(more_standbys):
                self._memory.more_standbys = more_standbys
            case Ticked() | Heard():
                """Nothing but a reason to decide."""
            case _:
                session = self._memory.sessions.get(event.session)
                if session is not None:
                    self._notes.note(event, session, self._memory.venue(session.venue), now)

    def _adopt(self, event: Adopted, now: float) -> None:
        former, self._memory.policy = self._memory.policy, event.policy
        for code in [terms.code for terms in event.policy.venues]:
            forced = "open" if code in event.forced_open else "closed" if code in event.forced_closed else ""
            self._memory.venue(code).circuit.force(forced)
        if [terms.code for terms in former.venues] != [terms.code for terms in event.policy.venues]:
            # An admin's order holds at once: what venues did before is forgiven.
            for record in self._memory.venues.values():
                record.has_failed, record.hold, record.retry_at = False, None, now
            self._memory.pause_until = now

    def _note_skew(self, event: Skewed, now: float) -> None:
        """Clocks that are far from ours. Where most are so in the same way, ours is wrong, and nobody is blamed.

        Nor where only one is known: there is nobody to compare it with.
        """
        if len(event.seconds) < 2:
            return
        ours = _our_skew(list(event.seconds.values()))
        for code, seconds in event.seconds.items():
            self._memory.venue(code).circuit.skewed(seconds - ours, now)

    # What is decided.

    def _decide(self, now: float) -> None:
        self._leave_silent(now)
        self._choose_lead(now)
        self._staff(now)
        self._choose_sources(now)
        self._watch_blindness(now)
        self._wake_at = self._next_look(now)

    def _leave_silent(self, now: float) -> None:
        for session, silence in silent_sessions(self._memory, now):
            session.farewell = f"silent: no market data for {silence:.1f} s"
            self._memory.venue(session.venue).reason = session.farewell
            self._report.add(Close(session.number, f"no market data for {silence:.1f} s", is_silent=True))

    def _choose_lead(self, now: float) -> None:
        memory = self._memory
        code, reason = choice.next_lead(memory, now)
        if code == memory.lead:
            return
        former, memory.lead = memory.lead, code
        if not former:
            self._forgive(now)
        elif memory.live(former) is None:
            # One that only gave the price away needs no replacement: an admin's new order would wait for it.
            memory.pause(now)
        if code:
            memory.diverted.clear()
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
        for session in wishes.renew:
            self._begin(session.venue, now, replaces=session.number)

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
        record.tried_at = now
        record.tries.note(now)
        record.circuit.tried(now)
        if replaces is None:
            self._report.enter(record, "connecting", "", now)
        self._report.add(Connect(self._last_session, code, record.attempts))

    def _choose_sources(self, now: float) -> None:
        memory = self._memory
        if not memory.lead:
            return
        for instrument in choice.instruments(memory):
            former = memory.diverted.get(instrument, memory.lead)
            source, reason = choice.next_source(memory, instrument, now)
            if source == memory.lead:
                memory.diverted.pop(instrument, None)
            else:
                memory.diverted[instrument] = source
            if source != former:
                self._report.add(Divert(instrument, source, former, reason, self._report.evidence(now)))

    def _watch_blindness(self, now: float) -> None:
        memory = self._memory
        if memory.lead:
            memory.blind_since = None
            self._report.clear("no_venue", "")
            return
        memory.blind_since = now if memory.blind_since is None else memory.blind_since
        if now - memory.blind_since >= BLIND_AFTER_S:
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


def _our_skew(skews: list[float]) -> float:
    """What the venues have in common: how far our own clock is off. Of two, who is nearer to us is believed."""
    return min(skews, key=abs) if len(skews) == 2 else median_low(skews)
