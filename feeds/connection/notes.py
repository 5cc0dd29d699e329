"""What the events of a session mean: noted in the memory, and told where a person may want to know. Pure."""

from feeds.connection import choice
from feeds.connection.events import Announced, Connected, Ended, Lost, Opened, PutOff, Repeated
from feeds.connection.record import Memory, Session, VenueRecord
from feeds.connection.report import Report
from feeds.connection.retry import VENUE_FEED, planned_life
from feeds.errors import CertificateRefused, Replaced, SessionEnded

SessionEvent = PutOff | Opened | Connected | Repeated | Lost | Announced | Ended


class Notes:
    """Decides nothing: that is done afterwards, by what stands in the memory then."""

    def __init__(self, memory: Memory, report: Report) -> None:
        self._memory = memory
        self._report = report

    def note(
        self,
        event: SessionEvent,
        session: Session,
        record: VenueRecord,
        now: float,
    ) -> None:
        match event:
            case PutOff():
                self._put_off(event, session, record, now)
            case Opened(chance=chance):
                session.opened_at = now
                record.rhythm.restart()
                for rhythm in record.rhythms.values():
                    rhythm.restart()
                session.life_until = now + planned_life(session.terms.life_after, chance)
            case Connected():
                self._connect(session, record, now)
            case Repeated():
                self._note_repeat(session, now)
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

    def _note_repeat(self, session: Session, now: float) -> None:
        """Of two sessions of a venue, one is a little ahead: the other one lives, though it brings nothing new."""
        sessions = self._memory.of(session.venue)
        if len(sessions) > 1:
            session.last_good_at = now
            for each in sessions:
                each.has_repeated = True

    def _connect(self, session: Session, record: VenueRecord, now: float) -> None:
        session.connected_at = now
        record.good_since = record.good_since if record.good_since is not None else now
        record.renewals_failed = 0
        self._report.enter(record, "connected", "", now)
        for kind in ("exhausted", "certificate", "blocked"):
            self._report.clear(kind, record.code)

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
            state = "disconnected" if is_open else "idle"
            self._report.enter(record, state, reason, now, wait if is_open else None)

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
        self._report.enter(record, state, reason, now, wait)
