"""What events mean: noted in the memory, and told where a person may want to know. Decides nothing. Pure."""

from statistics import median_low
from typing import Final

from feeds.connection import choice
from feeds.connection.circuit import CLOSED, OPEN, SKEW_S
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
from feeds.connection.retry import VENUE_FEED, planned_life
from feeds.connection.rhythm import Rhythm
from feeds.connection.roster import NOTICE_AFTER_S
from feeds.connection.silence import stream_threshold
from feeds.errors import CertificateRefused, ClosedByVenue, Replaced, SessionEnded

POLICY_VIOLATED: Final = 1008


class Notes:
    """Of one feed."""

    def __init__(self, memory: Memory, report: Report) -> None:
        self._memory = memory
        self._report = report

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
            self._clear_alerts(code)

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
                del self._memory.sessions[session.number]
                self._end(event, session, record, now)

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
        self._clear_alerts(record.code)

    def _end(self, event: Ended, session: Session, record: VenueRecord, now: float) -> None:
        error = event.error
        reason = session.farewell or f"{error.reason}: {error}"
        record.barred_until = max(record.barred_until, now + max(event.cool_off, error.wait_at_least))
        replaced = self._memory.sessions.get(session.replaces or 0)
        if replaced is not None and not replaced.farewell:
            record.renewals_failed += 1
            record.renew_at = now + VENUE_FEED.wait(record.renewals_failed, event.chance)
        elif not _is_planned(session, error, now):
            self._fail(event, session, record, reason, now)
        elif not self._memory.of(record.code):
            self._rest(record, reason, now)

    def _rest(self, record: VenueRecord, reason: str, now: float) -> None:
        record.good_since = None
        if record.circuit.state(now) == OPEN:
            self._report.enter(record, "disconnected", reason, now, record.circuit.opens_until - now)
        else:
            self._report.enter(record, "idle", reason, now)

    def _fail(self, event: Ended, session: Session, record: VenueRecord, reason: str, now: float) -> None:
        """The venue failed: it is left alone for a while, and has to earn the price back."""
        if self._memory.live(record.code) is not None:
            return
        if session.connected_at is not None:
            self._memory.pause(now)
            if now - session.connected_at >= VENUE_FEED.reset_after:
                record.attempts = 0
        record.attempts += 1
        if self._memory.lead:
            # While nobody delivers it may be our own line that fails.
            record.circuit.failed(now)
        record.retry_at = now + VENUE_FEED.wait(record.attempts, event.chance)
        choice.note_failure(self._memory, record, now)
        self._tell_failure(event.error, record, reason, now)

    def _tell_failure(self, error: SessionEnded, record: VenueRecord, reason: str, now: float) -> None:
        wait = max(record.barred_until, record.retry_at, record.circuit.opens_until) - now
        state = "blocked" if error.is_ban else "disconnected"
        if record.attempts > VENUE_FEED.max_attempts:
            state = "exhausted"
            self._report.alert("exhausted", record.code, f"maximum reconnection attempts reached for {record.code}")
        if error.is_ban:
            self._report.alert("blocked", record.code, reason)
        if isinstance(error, CertificateRefused):
            self._report.alert("certificate", record.code, reason)
        if isinstance(error, ClosedByVenue) and error.code == POLICY_VIOLATED:
            self._report.alert("policy", record.code, reason)
        self._report.enter(record, state, reason, now, wait)

    def _clear_alerts(self, code: str) -> None:
        for kind in ("exhausted", "certificate", "blocked", "policy"):
            self._report.clear(kind, code)


def _forced(event: Adopted, code: str) -> str:
    if code in event.forced_open:
        return OPEN
    return CLOSED if code in event.forced_closed else ""


def _is_planned(session: Session, error: SessionEnded, now: float) -> bool:
    """We left it, or the venue closed it as it had announced; one that announces its end at once just fails."""
    if session.farewell:
        return not session.is_silent
    age = now - (session.opened_at or now)
    is_announced = bool(session.announcement) and age >= NOTICE_AFTER_S and isinstance(error, ClosedByVenue)
    return is_announced or isinstance(error, Replaced)


def _our_skew(skews: list[float]) -> float:
    """What the venues have in common: how far our own clock is off. Of two, who is nearer to us is believed."""
    if len(skews) < 2:
        return 0.0
    return min(skews, key=abs) if len(skews) == 2 else median_low(skews)
