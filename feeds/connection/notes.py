"""What events mean: noted in the memory, and told where a person may want to know. Decides nothing. Pure."""

from statistics import median_low

from feeds.connection.circuit import CLOSED, OPEN, SKEW_S
from feeds.connection.ending import Ending
from feeds.connection.events import (
    Adopted,
    Announced,
    Connected,
    Ended,
    Heard,
    Lost,
    Opened,
    PutOff,
    SessionEvent,
    Skewed,
    Unconfirmed,
)
from feeds.connection.record import Memory, Session, VenueRecord
from feeds.connection.report import Report
from feeds.connection.retry import planned_life
from feeds.connection.rhythm import Rhythm
from feeds.connection.silence import stream_threshold


class Notes:
    """Of one feed."""

    def __init__(self, memory: Memory, report: Report) -> None:
        self._memory = memory
        self._report = report
        self._ending = Ending(memory, report)

    def hear(self, event: Heard, now: float) -> bool:
        """Data came, up to ten thousand times a second. True when it changes what has to be decided."""
        session = self._memory.sessions.get(event.session)
        if session is None or session.farewell:
            return False
        record = self._memory.venue(session.venue)
        if event.is_held:
            session.held_at = now
            return False
        was_live, was = session.is_live, record.circuit.state(now)
        record.circuit.judged(event.is_good, now)
        if event.is_good:
            self._hear_good(session, record, event.instrument, now)
        return session.is_live != was_live or record.circuit.state(now) != was

    def _hear_good(self, session: Session, record: VenueRecord, instrument: str, now: float) -> None:
        self._memory.good_at = record.last_good_at = session.last_good_at = now
        record.circuit.delivered(now)
        record.rhythm.heard(now)
        if not instrument:
            return
        heard_at = session.heard_at.get(instrument)
        if heard_at is None or now - heard_at >= stream_threshold(self._memory, session, instrument):
            session.steady_since[instrument] = now
        session.heard_at[instrument] = now
        if (rhythm := record.rhythms.get(instrument)) is None:
            rhythm = record.rhythms[instrument] = Rhythm(0.0)
        rhythm.heard(now)

    def adopt(self, event: Adopted, now: float) -> None:
        """An admin's order holds at once: what venues did before is forgiven. So does what was changed of one."""
        memory = self._memory
        former = {terms.code: terms for terms in memory.policy.venues}
        memory.adopt(event.policy)
        codes = [terms.code for terms in event.policy.venues]
        is_new_order = [code for code in former if code in codes] != [code for code in codes if code in former]
        for terms in event.policy.venues:
            record = memory.venue(terms.code)
            record.circuit.force(_forced(event, terms.code))
            if is_new_order or former.get(terms.code) != terms:
                record.retry_at = now
                record.circuit.hurry(now)
            if is_new_order or terms.code not in former:
                record.has_failed, record.hold, record.came_back_at = False, None, None
        if is_new_order:
            memory.pause_until = now
        for code in former.keys() - set(codes):
            self._ending.clear_alerts(code)

    def note_skews(self, event: Skewed, now: float) -> None:
        """Clocks that are far from ours. Where most are so in the same way, ours is wrong, and nobody is blamed.

        Nor where only one is known: there is nobody to compare it with.
        """
        ours = _our_skew(list(event.seconds.values()))
        if abs(ours) > SKEW_S:
            self._report.alert("clock", "", f"our clock is {abs(ours):.0f} s {'behind' if ours > 0 else 'ahead'}")
        else:
            self._report.clear("clock", "")
        if len(event.seconds) > 1:
            for code, seconds in event.seconds.items():
                self._memory.venue(code).circuit.skewed(seconds - ours, now)

    def note(self, event: SessionEvent, session: Session, now: float) -> None:
        """Something happened to a session."""
        record = self._memory.venue(session.venue)
        match event:
            case PutOff():
                self._put_off(event, session, record, now)
            case Opened(chance=chance):
                session.opened_at = now
                session.life_until = now + planned_life(session.terms.life_after, chance)
                for rhythm in (record.rhythm, *record.rhythms.values()):
                    rhythm.restart()
            case Connected():
                self._connect(session, record, now)
            case Unconfirmed(count=count):
                for _ in range(count):
                    record.circuit.judged(is_good=False, now=now)
            case Lost():
                session.lost.add(event.instrument)
                record.refused_at[event.instrument] = now
                self._report.enter(record, record.state, f"refused {event.instrument}: {event.reason}", now)
            case Announced():
                session.announcement = f"announced: {event.text}"
            case Ended():
                self._ending.note(event, session, now)

    def _put_off(self, event: PutOff, session: Session, record: VenueRecord, now: float) -> None:
        del self._memory.sessions[session.number]
        record.barred_until = max(record.barred_until, now + event.seconds)
        if not self._memory.of(record.code):
            state = "blocked" if event.is_ban else "disconnected"
            self._report.enter(record, state, event.reason, now, event.seconds)

    def note_repeat(self, session: Session, now: float) -> bool:
        """Of two sessions of a venue, one is a little ahead: the other one lives, though it brings nothing new.

        True when that is news: it is said of each frame.
        """
        had_repeated = session.has_repeated
        sessions = self._memory.of(session.venue)
        if len(sessions) > 1:
            session.last_good_at = now
            session.heard_at = dict.fromkeys(session.heard_at, now)
            for each in sessions:
                each.has_repeated = True
        return session.has_repeated and not had_repeated

    def _connect(self, session: Session, record: VenueRecord, now: float) -> None:
        session.connected_at = now
        record.good_since = record.good_since if record.good_since is not None else now
        record.renewals_failed = 0
        self._report.enter(record, "connected", "", now)
        self._ending.clear_alerts(record.code)


def _forced(event: Adopted, code: str) -> str:
    if code in event.forced_open:
        return OPEN
    return CLOSED if code in event.forced_closed else ""


def _our_skew(skews: list[float]) -> float:
    """What the venues have in common: how far our own clock is off. Of two, who is nearer to us is believed."""
    if len(skews) < 2:
        return 0.0
    return min(skews, key=abs) if len(skews) == 2 else median_low(skews)
