"""Which sessions are to exist: the leading venue, its standbys, and whoever has what they lack. Pure."""

from dataclasses import dataclass, field
from typing import Final

from feeds.connection.circuit import OPEN
from feeds.connection.events import VenueTerms
from feeds.connection.record import Memory, Session, VenueRecord
from feeds.connection.silence import is_all_quiet

# While no venue delivers, venues are tried without regard to their failures: one so often, the same one so often.
EAGER_EVERY_S: Final = 1.7
EAGER_AGAIN_S: Final = 11.5
# Who failed so often is tried in turn with the others then, and not by its own waits.
EAGER_FROM: Final = 3
# Of each venue's tries in five minutes, so many are kept for that.
KEPT_TRIES: Final = 8
# While no venue delivers, one that takes longer to connect is not waited for.
HEDGE_AFTER_S: Final = 1.0
# A standby that is not needed any more is kept until the better ones have proved themselves.
SURPLUS_AFTER_S: Final = 60.0
# A renewal is closed with a trade that both sessions brought, or after so long.
OVERLAP_S: Final = 5.0
# A connection that is announced to end sooner after its start is not replaced: the next one would fare the same.
NOTICE_AFTER_S: Final = 60.0


@dataclass
class Wishes:
    """`begin` sessions of these venues; `renew` this session; `end` these, for the reason; `rest` these venues."""

    begin: list[str] = field(default_factory=list)
    renew: Session | None = None
    end: list[tuple[Session, str]] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)


def wishes(memory: Memory, now: float) -> Wishes:
    """What is to change in the sessions now."""
    wanted = _wanted(memory, now)
    begin = [code for code in wanted if not memory.of(code) and may_begin(memory, code, now)]
    ends = [
        (session, reason)
        for session in memory.sessions.values()
        if not session.farewell and (reason := _farewell(memory, session, wanted, now))
    ]
    rest = [terms.code for terms in memory.policy.venues if terms.code not in wanted and _may_rest(memory, terms, now)]
    return Wishes(begin, _renewal(memory, [session.number for session, _ in ends], now), ends, rest)


def _may_rest(memory: Memory, terms: VenueTerms, now: float) -> bool:
    """It failed, might be tried again, and nobody needs it."""
    record = memory.venue(terms.code)
    return record.state == "disconnected" and not memory.of(terms.code) and is_usable(record, now)


def is_usable(record: VenueRecord, now: float) -> bool:
    """Whether nothing that the venue said or did keeps us from trying it."""
    return now >= max(record.barred_until, record.retry_at) and record.circuit.may_try(now)


def is_fresh(record: VenueRecord, now: float) -> bool:
    """Whether it is tried by its own waits also while no venue delivers: it has not failed often yet."""
    return record.attempts < EAGER_FROM and is_usable(record, now)


def is_blind(memory: Memory) -> bool:
    return not memory.lead


def target(memory: Memory, now: float) -> int:
    """How many venues are to deliver."""
    quiet = 1 if is_all_quiet(memory, now) else 0
    return 1 + memory.policy.standbys + memory.more_standbys + quiet


def _wanted(memory: Memory, now: float) -> list[str]:
    """The best venues that deliver or may be tried, as many as are to deliver; then who has what they lack."""
    wanted: list[str] = []
    filled, wished = 0, target(memory, now)
    for terms in memory.policy.venues:
        if filled >= wished:
            break
        if memory.of(terms.code) or may_begin(memory, terms.code, now):
            wanted.append(terms.code)
            filled += _counts(memory, terms.code, now)
    for instrument in memory.instruments:
        if not any(_has(memory, code, instrument, now) for code in wanted):
            wanted += _first_that_has(memory, instrument, wanted, now)
    return wanted


def _counts(memory: Memory, code: str, now: float) -> bool:
    """Whether a venue is one of those that were wanted. While we are blind, nobody waits long for a slow one."""
    if not is_blind(memory) or memory.live(code) is not None:
        return True
    return all(now - session.begun_at < HEDGE_AFTER_S for session in memory.of(code))


def _has(memory: Memory, code: str, instrument: str, now: float) -> bool:
    terms = memory.terms(code)
    sessions = memory.of(code)
    if terms is None or instrument not in terms.instruments:
        return False
    return sessions[-1].carries(instrument) if sessions else not memory.venue(code).refuses(instrument, now)


def _first_that_has(memory: Memory, instrument: str, wanted: list[str], now: float) -> list[str]:
    """The best further venue that has an instrument, or may have it; none where there is none."""
    for terms in memory.policy.venues:
        is_there = bool(memory.of(terms.code)) or may_begin(memory, terms.code, now)
        if terms.code not in wanted and is_there and _has(memory, terms.code, instrument, now):
            return [terms.code]
    return []


def may_begin(memory: Memory, code: str, now: float) -> bool:
    """Whether a session of a venue that has none, not even one that is ending, may begin now."""
    record = memory.venue(code)
    if is_blind(memory):
        return _is_allowed(memory, record, 1, now) and (is_fresh(record, now) or code == _eager_turn(memory, now))
    # The pause is between venues: one that failed has its own waits.
    is_paused = now < memory.pause_until and record.attempts == 0
    return _is_allowed(memory, record, 1 + KEPT_TRIES, now) and is_usable(record, now) and not is_paused


def _is_allowed(memory: Memory, record: VenueRecord, tries: int, now: float) -> bool:
    """Whether its limits and wishes, and ours, leave room for so many tries; and it is there only once."""
    has_session = any(session.venue == record.code for session in memory.sessions.values())
    return not has_session and now >= record.barred_until and record.tries.wait(now, tries) == 0


def _eager_turn(memory: Memory, now: float) -> str:
    """While we are blind, one after the other: who was tried longest ago. Who is not believed is left out."""
    if now - memory.eager_at < EAGER_EVERY_S:
        return ""
    records = [memory.venue(terms.code) for terms in memory.policy.venues]
    due = [record for record in records if _is_eager(record, now) and _is_allowed(memory, record, 1, now)]
    return min(due, key=lambda record: record.tried_at).code if due else ""


def _is_eager(record: VenueRecord, now: float) -> bool:
    """Whether a venue may have a turn: it had none lately, and its own next try is not just about to come."""
    has_rested = now - record.eager_at >= EAGER_AGAIN_S and now - record.tried_at >= EAGER_EVERY_S
    is_waiting = record.attempts < EAGER_FROM and now < record.retry_at
    is_barred = record.circuit.is_distrusted and record.circuit.state(now) == OPEN
    return has_rested and not is_waiting and not is_barred


def _farewell(memory: Memory, session: Session, wanted: list[str], now: float) -> str:
    """Why a session is to end on purpose; "" while it is not."""
    record = memory.venue(session.venue)
    if memory.terms(session.venue) is None:
        return "switched_off: it is not to be used"
    if record.circuit.state(now) == "open":
        return f"circuit: {record.circuit.reason}"
    if _is_replaced(memory, session, now):
        return session.announcement or "renewed: another session has taken its place"
    is_shown = session.venue == memory.lead or session.venue in memory.sources.values()
    if session.venue not in wanted and not is_shown and _is_surplus(memory, session, wanted, now):
        return "surplus: better venues deliver"
    return ""


def _is_replaced(memory: Memory, session: Session, now: float) -> bool:
    """Another session has proved that nothing is lost between the two, or has delivered for long enough."""
    for other in memory.of(session.venue):
        if other.replaces == session.number and other.connected_at is not None:
            return other.has_repeated or now - other.connected_at >= OVERLAP_S
    return False


def _is_surplus(memory: Memory, session: Session, wanted: list[str], now: float) -> bool:
    """All that are wanted have delivered for some time; and it did too, or nobody would ever know whether it can."""
    others = [memory.live(code) for code in wanted]
    return bool(others) and all(_has_proved_itself(each, now) for each in (session, *others))


def _has_proved_itself(session: Session | None, now: float) -> bool:
    return session is not None and now - (session.connected_at or now) >= SURPLUS_AFTER_S


def _renewal(memory: Memory, ending: list[int], now: float) -> Session | None:
    """The session that is to be renewed now; one at a time, those that are announced to end first."""
    if any(session.replaces is not None and _is_renewing(memory, session) for session in memory.sessions.values()):
        return None
    due = [each for each in memory.live_sessions() if each.number not in ending and _is_due(memory, each, now)]
    due.sort(key=lambda session: not session.announcement)
    return next((each for each in due if _may_renew(memory.venue(each.venue), now)), None)


def _is_renewing(memory: Memory, session: Session) -> bool:
    return not session.farewell and session.replaces in memory.sessions


def _may_renew(record: VenueRecord, now: float) -> bool:
    return now >= max(record.barred_until, record.renew_at) and record.tries.wait(now) == 0


def _is_due(memory: Memory, session: Session, now: float) -> bool:
    if len(memory.of(session.venue)) > 1:
        return False
    return bool(why_renew(session, memory.terms(session.venue), now))


def why_renew(session: Session, terms: VenueTerms | None, now: float) -> str:
    """Why a session wants a successor; "" while it does not."""
    age = now - (session.opened_at or now)
    if session.announcement and age >= NOTICE_AFTER_S:
        return session.announcement
    if now >= session.life_until:
        return "renewed: its planned life is over"
    if terms is not None and (terms.setup, terms.instruments) != (session.terms.setup, session.terms.instruments):
        return "renewed: its plan changed"
    return ""
