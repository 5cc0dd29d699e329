"""Which sessions, and which of their streams, went silent. Pure.

A quiet market is not a dead venue: silence is held against the stream's own rhythm and against the other venues. When
all are quiet it may also be our own line: then one venue more is connected to see, and at the ceiling all are left.
"""

from typing import Final

from feeds.connection.record import Memory, Session
from feeds.connection.rhythm import CEILING_S, Rhythm

# Alone, a venue whose prices are held has this much more: by then it has stood by them, or not.
STANDS_S: Final = 1.5


def silent_sessions(memory: Memory, now: float) -> list[tuple[Session, float]]:
    """The sessions to be left now, each with the seconds of its silence."""
    found = []
    for session in memory.sessions.values():
        if session.opened_at is None or session.farewell:
            continue
        silence = now - _last_sign(session)
        if silence >= threshold(memory, session) and _is_its_own(memory, session, silence, now):
            found.append((session, silence))
    return found


def threshold(memory: Memory, session: Session) -> float:
    """Seconds without data after which a session is suspected."""
    return _patience(memory, session, memory.venue(session.venue).rhythm)


def suspected_at(memory: Memory, session: Session) -> float:
    """When that will be, if nothing comes."""
    return _last_sign(session) + threshold(memory, session)


def is_all_quiet(memory: Memory, now: float) -> bool:
    """Half of their patience is over with every session that delivers: the market, or our line."""
    live = memory.live_sessions()
    return bool(live) and all(now - _last_sign(session) >= threshold(memory, session) / 2 for session in live)


def is_stream_silent(memory: Memory, session: Session, instrument: str, now: float) -> bool:
    """One instrument went silent in a session that goes on, while another session heard of it."""
    heard_at = session.heard_at.get(instrument, session.connected_at or now)
    patience = stream_threshold(memory, session, instrument)
    if now - heard_at < patience:
        return False
    others = (other.heard_at.get(instrument) for other in memory.live_sessions() if other.venue != session.venue)
    return any(other is not None and other > heard_at + patience / 2 for other in others)


def stream_threshold(memory: Memory, session: Session, instrument: str) -> float:
    """The same for one instrument."""
    return _patience(memory, session, memory.venue(session.venue).rhythms.get(instrument))


def _patience(memory: Memory, session: Session, rhythm: Rhythm | None) -> float:
    """By its own rhythm; while nothing is known or was heard of it, by that of the liveliest other venue."""
    terms = memory.terms(session.venue) or session.terms
    own = rhythm.threshold if rhythm is not None and rhythm.is_known else 0.0
    if own and session.last_good_at > float("-inf"):
        return max(terms.silent_after, own)
    return max(terms.silent_after, min(_known_thresholds(memory, session), default=own))


def _known_thresholds(memory: Memory, session: Session) -> list[float]:
    rhythms = [memory.venue(other.venue).rhythm for other in memory.live_sessions() if other is not session]
    return [rhythm.threshold for rhythm in rhythms if rhythm.is_known]


def _is_its_own(memory: Memory, session: Session, silence: float, now: float) -> bool:
    """Whether the silence is this session's own: others speak, there are no others, or it lasts too long."""
    others = [other for other in memory.live_sessions() if other is not session]
    if silence >= CEILING_S:
        return True
    if not others:
        is_held = session.held_at > session.last_good_at
        return silence >= threshold(memory, session) + (STANDS_S if is_held else 0.0)
    since = now - silence / 2
    return any(other.last_good_at > since and _is_witness(memory, other, silence, now) for other in others)


def _is_witness(memory: Memory, other: Session, silence: float, now: float) -> bool:
    """It was there all the time, or its market is lively: in a quiet one, one that begins to speak proves nothing."""
    return now - (other.connected_at or now) > silence or threshold(memory, other) <= silence


def _last_sign(session: Session) -> float:
    return max(session.last_good_at, session.opened_at or session.begun_at)
