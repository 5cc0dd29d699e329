"""What the end of a session means: it was planned, or the venue failed and is left alone for a while. Pure."""

from typing import Final

from feeds.connection import choice
from feeds.connection.circuit import OPEN
from feeds.connection.events import Ended
from feeds.connection.record import Memory, Session, VenueRecord
from feeds.connection.report import Report
from feeds.connection.retry import VENUE_FEED
from feeds.connection.roster import NOTICE_AFTER_S
from feeds.errors import CertificateRefused, ClosedByVenue, Replaced, SessionEnded

POLICY_VIOLATED: Final = 1008


class Ending:
    """Of one feed."""

    def __init__(self, memory: Memory, report: Report) -> None:
        self._memory = memory
        self._report = report

    def note(self, event: Ended, session: Session, now: float) -> None:
        """A session is over."""
        del self._memory.sessions[session.number]
        error, record = event.error, self._memory.venue(session.venue)
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

    def clear_alerts(self, code: str) -> None:
        """Whatever a failure of the venue raised is over."""
        for kind in ("exhausted", "certificate", "blocked", "policy"):
            self._report.clear(kind, code)


def _is_planned(session: Session, error: SessionEnded, now: float) -> bool:
    """We left it, or the venue closed it as it had announced; one that announces its end at once just fails."""
    if session.farewell:
        return not session.is_silent
    age = now - (session.opened_at or now)
    is_announced = bool(session.announcement) and age >= NOTICE_AFTER_S and isinstance(error, ClosedByVenue)
    return is_announced or isinstance(error, Replaced)
