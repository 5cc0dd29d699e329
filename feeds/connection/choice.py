"""Whose price is shown: of the whole feed, and of single instruments that the leading venue lacks. Pure."""

from typing import Final

from feeds.connection.circuit import OPEN
from feeds.connection.record import Memory, Session, VenueRecord
from feeds.connection.silence import is_stream_silent

MAX_HOLD_S: Final = 3600.0
# An instrument comes back to the leading venue when it was heard there for so long.
BACK_AFTER_S: Final = 60.0
PATIENCE_S: Final = 1.0


def next_lead(memory: Memory, now: float) -> tuple[str, str]:
    """The venue that is to lead now, and why; the leading one with "" where nothing changes."""
    # Whose circuit is open is being left, and leads not even for a moment.
    venues = (terms.code for terms in memory.live_venues())
    live = [code for code in venues if memory.venue(code).circuit.state(now) != OPEN]
    if memory.lead not in live:
        if not memory.lead and live and _is_better_on_its_way(memory, live[0], now):
            return "", ""
        return (live[0] if live else ""), _why_left(memory, now)
    for code in live[: live.index(memory.lead)]:
        record = memory.venue(code)
        if not record.has_failed:
            return code, f"order: it comes before {memory.lead}"
        if now >= due_back_at(memory, record):
            return code, f"returned: it has had good data for {hold(memory, record):g} s"
    return memory.lead, ""


def _why_left(memory: Memory, now: float) -> str:
    if not memory.lead:
        return "first: it is the first to deliver"
    if memory.terms(memory.lead) is None:
        return "switched_off: it is not to be used"
    record = memory.venue(memory.lead)
    if record.circuit.state(now) == OPEN:
        return f"circuit: {record.circuit.reason}"
    return record.reason or "renewed: its session ended before the next one delivered"


def _is_better_on_its_way(memory: Memory, code: str, now: float) -> bool:
    """At the start: nobody is told of a switch because the best venue needed a moment more than the next one."""
    codes = [terms.code for terms in memory.policy.venues]
    better = (memory.venue(each) for each in codes[: codes.index(code)])
    return any(
        not record.attempts and memory.of(record.code) and now - record.tried_at < PATIENCE_S for record in better
    )


def hold(memory: Memory, record: VenueRecord) -> float:
    """Seconds of good data that a venue has to show after it failed."""
    return max(memory.policy.failback_after, record.hold or 0.0)


def due_back_at(memory: Memory, record: VenueRecord) -> float:
    return float("inf") if record.good_since is None else record.good_since + hold(memory, record)


def note_failure(memory: Memory, record: VenueRecord, now: float) -> None:
    """The venue failed. One that fails soon after the price came back to it has to wait twice as long for the next."""
    if record.came_back_at is not None:
        stayed = now - record.came_back_at
        if stayed < hold(memory, record):
            record.hold = min(MAX_HOLD_S, 2 * hold(memory, record))
        elif stayed >= MAX_HOLD_S:
            record.hold = None
    record.came_back_at = None
    record.has_failed = True
    record.good_since = None


def next_source(memory: Memory, instrument: str, now: float) -> tuple[str, str]:
    """The venue whose price of an instrument is to be shown, and why; the leading one where that has it."""
    lead, current = memory.live(memory.lead), memory.sources.get(instrument, memory.lead)
    reason = _lack(memory, lead, instrument, now)
    has_current = current != memory.lead and not _lack(memory, memory.live(current), instrument, now)
    if not reason and not (has_current and _has_to_wait(memory, lead, instrument, now)):
        return memory.lead, f"returned: {memory.lead} has it" if current != memory.lead else ""
    if has_current:
        return current, reason
    for terms in memory.live_venues():
        if terms.code != memory.lead and not _lack(memory, memory.live(terms.code), instrument, now):
            return terms.code, reason
    return memory.lead, reason


def _lack(memory: Memory, session: Session | None, instrument: str, now: float) -> str:
    """Why a session does not have an instrument; "" where it does."""
    if session is None or instrument not in session.terms.instruments:
        return "unlisted: the leading venue does not list it"
    if instrument in session.lost:
        return "refused: the leading venue does not give it"
    if is_stream_silent(memory, session, instrument, now):
        return "silent: no data of it at the leading venue"
    return ""


def _has_to_wait(memory: Memory, lead: Session | None, instrument: str, now: float) -> bool:
    """The leading venue has not told it yet; or it lacked it, and has it again for a short time only."""
    since = lead.steady_since.get(instrument) if lead else None
    return since is None or (instrument in memory.lacking and now - since < BACK_AFTER_S)
