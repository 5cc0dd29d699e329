"""How numbers, ages and states read on the page. static/dashboard/figures.js says the same for the browser."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from django import template

from dashboard.feed.parts import Passport, VenueLine

register = template.Library()

STATES: Final = {
    "idle": "Waiting",
    "connecting": "Connecting",
    "connected": "Connected",
    "disconnected": "Disconnected",
    "blocked": "Blocked",
    "disabled": "Disabled",
    "unknown": "Unknown",
}
CIRCUITS: Final = {"open": "left alone for now", "half-open": "being tried again"}
# Less than that may be the way from the venue to us.
SKEWED_MS: Final = 1000
MOVES: Final = {"up": "Up from the last price", "down": "Down from the last price"}


@register.filter
def price(number: Decimal | str) -> str:
    """64123.45000000 as 64,123.45: grouped, without zeros at the end beyond the cents."""
    return _grouped(number, 2)


@register.filter
def size(number: Decimal | str) -> str:
    return _grouped(number, 5)


@register.filter
def age(at: datetime | None, now: datetime) -> str:
    """How long ago: 0.4 s, 12 s, 3 min, 5 h, 2 d."""
    if at is None:
        return "–"
    seconds = max((now - at).total_seconds(), 0.0)
    if seconds < 10:
        return f"{int(seconds * 10) / 10:.1f} s"
    for limit, unit, name in ((60, 1, "s"), (3600, 60, "min"), (86_400, 3600, "h")):
        if seconds < limit:
            return f"{int(seconds // unit)} {name}"
    return f"{int(seconds // 86_400)} d"


@register.filter
def state_label(state: str) -> str:
    return STATES.get(state, state)


@register.filter
def move_label(move: str) -> str:
    return MOVES.get(move, "")


@register.filter
def flaws(venue: VenueLine) -> str:
    """2 failures, left alone for now, 12 rejected, clock 9.2 s ahead; nothing where nothing was wrong."""
    counts = (("rejected", venue.rejected), ("held back", venue.quarantined))
    told = _failures(venue) + [f"{sum(reasons.values()):,} {word}" for word, reasons in counts if reasons]
    if venue.quarantined_share:
        told[-1] += f" ({venue.quarantined_share})"
    if venue.skew_ms is not None and abs(venue.skew_ms) >= SKEWED_MS:
        told.append(f"clock {_skew(venue.skew_ms)}")
    return ", ".join(told)


def _failures(venue: VenueLine) -> list[str]:
    failed = [f"{venue.attempts:,} {'failure' if venue.attempts == 1 else 'failures'}"] if venue.attempts else []
    return [*failed, CIRCUITS[venue.circuit]] if venue.circuit in CIRCUITS else failed


@register.filter
def flaw_reasons(venue: VenueLine) -> str:
    """The same reason by reason; with the repeats and the venue's clock, which need be no flaw."""
    counts = (("Rejected", venue.rejected), ("Held back", venue.quarantined))
    told = [f"{word}: {_listed(reasons)}." for word, reasons in counts if reasons]
    if venue.repeated:
        told.append(f"Repeated: {venue.repeated:,}.")
    if venue.skew_ms is not None:
        told.append(f"Clock: {_skew(venue.skew_ms)}.")
    return " ".join(told)


def _skew(milliseconds: int) -> str:
    return f"{abs(milliseconds) // 100 / 10:,.1f} s {'ahead' if milliseconds > 0 else 'behind'}"


def _listed(reasons: dict[str, int]) -> str:
    most_first = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{reason} {count:,}" for reason, count in most_first)


@register.filter
def delay(venue: VenueLine) -> str:
    """Half of a venue's data takes so long to us, and 99 of 100."""
    return " / ".join(f"{each:,}" for each in venue.delay_ms) if venue.delay_ms else "–"


@register.filter
def behind(passport: Passport | None) -> list[tuple[str, str]]:
    """What is behind the sentence of a passport, line by line. Without a price a template asks for "" instead."""
    if not passport:
        return []
    others = [(f"{name} is not asked", reason) for name, reason in passport.excluded]
    if passport.consensus is None:
        return others
    return [("All venues together", price(passport.consensus)), ("The price shown is", passport.distance), *others]


@register.filter
def venue_name(code: str, venues: list[VenueLine]) -> str:
    return next((venue.name for venue in venues if venue.code == code), code)


def _grouped(number: Decimal | str, least_decimals: int) -> str:
    whole, _, fraction = format(Decimal(number), ",f").partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(least_decimals, '0')}"
