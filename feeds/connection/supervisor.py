"""What a feed does next: an event and the time go in, effects come out. Pure: no clock, no random, no I/O.

Read `handle`, then `_decide`: it says in which order things are looked at. What is remembered is in record.py; when a
stream is silent in silence.py; whose price is shown in choice.py; which sessions are to exist in roster.py; when a
venue is not believed any more in circuit.py; how long it is left alone in retry.py.
"""

from statistics import median_low
from typing import Final

from feeds.connection import choice, roster
from feeds.connection.effects import Clear, Close, Connect, Divert, Effect, Enter, Lead, Raise, VenueEvidence
from feeds.connection.events import (
    Adopted,
    Announced,
    Connected,
    Ended,
    Event,
    Heard,
    Lost,
    Opened,
    Policy,
    PutOff,
    Repeated,
    Skewed,
    Unsettled,
)
from feeds.connection.record import Memory, Session, VenueRecord
from feeds.connection.retry import VENUE_FEED, planned_life
from feeds.connection.rhythm import Rhythm
from feeds.connection.silence import silent_sessions, suspected_at
from feeds.errors import CertificateRefused, Replaced, SessionEnded

# Timers that need no more than this are looked at together.
LOOK_EVERY_S: Final = 1.0
# How long no venue has to deliver before a person is told.
BLIND_AFTER_S: Final = 10.0


class Supervisor:
    """One feed. Every call brings the time, in seconds of one monotonic clock."""

    def __init__(self, policy: Policy) -> None:
        self._memory = Memory(policy)
        self._effects: list[Effect] = []
        self._raised: set[tuple[str, str]] = set()
        self._last_session = 0
        self._wake_at = float("-inf")

    def wake_at(self) -> float:
        """When it wants to be told the time, if nothing else happens."""
        return self._wake_at

    def handle(self, event: Event, now: float) -> list[Effect]:
        """What is to be done after this has happened, in this order."""
        self._effects = []
        if not isinstance(event, Heard) or self._hear(event, now):
            self._note(event, now)
            self._decide(now)
        return self._effects

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
        session.heard_at[instrument] = session.last_good_at = now
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
            case PutOff() | Opened() | Connected() | Repeated() | Lost() | Announced() | Ended():
                session = self._memory.sessions.get(event.session)
                if session is not None:
                    self._note_session(event, session, self._memory.venue(session.venue), now)

    def _note_session(
        self,
        event: PutOff | Opened | Connected | Repeated | Lost | Announced | Ended,
        session: Session,
        record: VenueRecord,
        now: float,
    ) -> None:
        match event:
            case PutOff():
                self._put_off(event, session, record, now)
            case Opened(chance=chance):
                session.opened_at = now
                session.life_until = now + planned_life(session.terms.life_after, chance)
            case Connected():
                self._connect(session, record, now)
            case Repeated():
                session.has_repeated = True
            case Lost():
                session.lost.add(event.instrument)
                record.refused_at[event.instrument] = now
                self._enter(record, record.state, f"refused {event.instrument}: {event.reason}")
            case Announced():
                session.announcement = f"announced: {event.text}"
            case Ended():
                del self._memory.sessions[session.number]
                self._end(event, session, record, now)

    # What is noted of a session.

    def _put_off(self, event: PutOff, session: Session, record: VenueRecord, now: float) -> None:
        del self._memory.sessions[session.number]
        record.barred_until = max(record.barred_until, now + event.seconds)
        if not self._memory.of(record.code):
            self._enter(record, "blocked" if event.is_ban else "disconnected", event.reason, event.seconds)

    def _connect(self, session: Session, record: VenueRecord, now: float) -> None:
        session.connected_at = now
        record.good_since = record.good_since if record.good_since is not None else now
        record.renewals_failed = 0
        record.rhythm.restart()
        for rhythm in record.rhythms.values():
            rhythm.restart()
        self._enter(record, "connected", "")
        for kind in ("exhausted", "certificate", "blocked"):
            self._clear(kind, record.code)

    def _end(self, event: Ended, session: Session, record: VenueRecord, now: float) -> None:
        error = event.error
        reason = session.farewell or f"{error.reason}: {error}"
        record.barred_until = max(record.barred_until, now + max(event.cool_off, error.wait_at_least))
        if session.replaces in self._memory.sessions:
            record.renewals_failed += 1
            record.renew_at = now + VENUE_FEED.wait(record.renewals_failed, event.chance)
        elif not isinstance(error, Replaced) and not session.announcement:
            self._fail(event, session, record, reason, now)
        elif not self._memory.of(record.code):
            record.good_since = None
            is_open = record.circuit.state(now) == "open"
            wait = record.circuit.opens_until - now
            self._enter(record, "disconnected" if is_open else "idle", reason, wait if is_open else None)

    def _fail(self, event: Ended, session: Session, record: VenueRecord, reason: str, now: float) -> None:
        """The venue failed: it is left alone for a while, and has to earn the price back."""
        if self._memory.live(record.code) is not None:
            return
        if session.connected_at is not None:
            self._pause(now)
            if now - session.connected_at >= VENUE_FEED.reset_after:
                record.attempts = 0
        record.attempts += 1
        record.circuit.failed(now)
        record.retry_at = now + VENUE_FEED.wait(record.attempts, event.chance)
        choice.note_failure(self._memory, record, now)
        self._tell_failure(event.error, record, reason, now)

    def _tell_failure(self, error: SessionEnded, record: VenueRecord, reason: str, now: float) -> None:
        wait = max(record.barred_until, record.retry_at, record.circuit.opens_until) - now
        state = "blocked" if error.is_ban else "disconnected"
        if record.attempts > VENUE_FEED.max_attempts:
            state = "exhausted"
            self._raise("exhausted", record.code, f"maximum reconnection attempts reached for {record.code}")
        if error.is_ban:
            self._raise("blocked", record.code, reason)
        if isinstance(error, CertificateRefused):
            self._raise("certificate", record.code, reason)
        self._enter(record, state, reason, wait)

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
        """Clocks that are far from ours. Where most are so in the same way, ours is wrong, and nobody is blamed."""
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
            self._effects.append(Close(session.number, f"no market data for {silence:.1f} s", is_silent=True))

    def _choose_lead(self, now: float) -> None:
        memory = self._memory
        code, reason = choice.next_lead(memory, now)
        if code == memory.lead:
            return
        former, memory.lead = memory.lead, code
        if former:
            self._pause(now)
        if code:
            record = memory.venue(code)
            record.came_back_at = now if record.has_failed else None
            record.has_failed = False
        self._effects.append(Lead(code, former, reason, self._evidence(now)))

    def _staff(self, now: float) -> None:
        wishes = roster.wishes(self._memory, now)
        for session, reason in wishes.end:
            session.farewell = reason
            record = self._memory.venue(session.venue)
            record.reason = reason
            if record.circuit.is_distrusted:
                choice.note_failure(self._memory, record, now)
            self._effects.append(Close(session.number, reason))
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
        if not roster.is_usable(record, now):
            memory.eager_at = now
            record.circuit.hurry(now)
        self._last_session += 1
        memory.sessions[self._last_session] = Session(self._last_session, terms, now, replaces)
        record.tried_at = now
        record.tries.note(now)
        record.circuit.tried(now)
        if replaces is None:
            self._enter(record, "connecting", "")
        self._effects.append(Connect(self._last_session, code, record.attempts))

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
                self._effects.append(Divert(instrument, source, former, reason, self._evidence(now)))

    def _watch_blindness(self, now: float) -> None:
        memory = self._memory
        if memory.lead:
            memory.blind_since = None
            self._clear("no_venue", "")
            return
        memory.blind_since = now if memory.blind_since is None else memory.blind_since
        if now - memory.blind_since >= BLIND_AFTER_S:
            self._raise("no_venue", "", "no venue delivers")

    def _next_look(self, now: float) -> float:
        memory = self._memory
        due = [now + (roster.EAGER_EVERY_S / 2 if roster.is_blind(memory) else LOOK_EVERY_S)]
        due += [suspected_at(memory, session) for session in memory.sessions.values() if session.opened_at is not None]
        due += [record.retry_at for record in memory.venues.values()]
        due += [record.barred_until for record in memory.venues.values()]
        due.append(memory.pause_until)
        due += [session.begun_at + choice.PATIENCE_S for session in memory.sessions.values()]
        return min((each for each in due if each > now), default=now + LOOK_EVERY_S)

    # What is told.

    def _pause(self, now: float) -> None:
        self._memory.pause_until = now + self._memory.policy.pause_between

    def _enter(self, record: VenueRecord, state: str, reason: str, retry_in: float | None = None) -> None:
        record.state = state
        record.reason = reason or record.reason
        self._effects.append(Enter(record.code, state, reason, record.attempts, retry_in))

    def _evidence(self, now: float) -> dict[str, VenueEvidence]:
        return {terms.code: self._testimony(terms.code, now) for terms in self._memory.policy.venues}

    def _testimony(self, code: str, now: float) -> VenueEvidence:
        record = self._memory.venue(code)
        heard = [session.last_good_at for session in self._memory.of(code)]
        age = now - max(heard) if heard and max(heard) > float("-inf") else None
        return VenueEvidence(record.state, age, record.circuit.state(now), record.attempts, record.reason)

    def _raise(self, kind: str, subject: str, text: str) -> None:
        if (kind, subject) not in self._raised:
            self._raised.add((kind, subject))
            self._effects.append(Raise(kind, subject, text))

    def _clear(self, kind: str, subject: str) -> None:
        if (kind, subject) in self._raised:
            self._raised.remove((kind, subject))
            self._effects.append(Clear(kind, subject))


def _our_skew(skews: list[float]) -> float:
    """What the venues have in common: how far our own clock is off. Of two, who is nearer to us is believed."""
    if len(skews) < 2:
        return 0.0
    return min(skews, key=abs) if len(skews) == 2 else median_low(skews)
