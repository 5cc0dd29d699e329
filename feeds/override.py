"""An admin's word on a venue's circuit breaker: for how long it may stand, and whether it still does. Pure."""

from datetime import datetime, timedelta
from typing import Final

from feeds.texts import gettext_noop as noop

# Nobody remembers for longer why a venue is left alone, or used whatever it did.
MOST: Final = timedelta(hours=24)


def in_force(circuit: str, until_at: datetime | None, now: datetime) -> str:
    """The word while its time is not over; "" after that, and where there is none."""
    return circuit if until_at is not None and now < until_at else ""


def objections(circuit: str, why: str, until_at: datetime | None, now: datetime) -> dict[str, str]:
    """What is wrong with a new word, by field of the venue; empty where it may stand."""
    if not circuit:
        return {}
    found = {
        "circuit_reason": "" if why.strip() else noop("Say why, for who wonders tonight."),
        "circuit_until": _time_objection(until_at, now),
    }
    return {field: text for field, text in found.items() if text}


def _time_objection(until_at: datetime | None, now: datetime) -> str:
    if until_at is None:
        return noop("Say until when.")
    if until_at <= now:
        return noop("That is over already.")
    return "" if until_at <= now + MOST else noop("Not for longer than 24 hours.")
