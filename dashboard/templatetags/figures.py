"""How numbers, ages and states read on the page. static/dashboard/figures.js says the same for the browser."""

import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from dashboard import manner
from dashboard.feed.messages import Bar
from dashboard.feed.parts import Passport, VenueLine
from feeds import words
from feeds.market.candles import Status

register = template.Library()

CIRCUITS: Final = {"open": gettext_noop("left alone for now"), "half-open": gettext_noop("being tried again")}
# Less than that may be the way from the venue to us.
SKEWED_MS: Final = 1000
MOVES: Final = {"up": gettext_noop("Up from the last price"), "down": gettext_noop("Down from the last price")}


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
    if not at:
        return "–"
    seconds = max((now - at).total_seconds(), 0.0)
    if seconds < 10:
        return _("%(n)s s") % {"n": manner.number(f"{int(seconds * 10) / 10:.1f}")}
    units = ((60, 1, _("%(n)s s")), (3600, 60, _("%(n)s min")), (86_400, 3600, _("%(n)s h")))
    unit, told = next(((unit, told) for limit, unit, told in units if seconds < limit), (86_400, _("%(n)s d")))
    return told % {"n": int(seconds // unit)}


@register.filter
def moment(at: datetime | None, now: datetime) -> str:
    """A time of today; before it the day where that is another one."""
    # A row that a script fills has none.
    if not at:
        return ""
    here = manner.local(at)
    return f"{here:%H:%M:%S}" if here.date() == manner.local(now).date() else f"{here:%Y-%m-%d %H:%M:%S}"


@register.filter
def utc_title(at: datetime | None) -> str:
    """For the title of a time of day that is told in another zone."""
    return f"{at.astimezone(UTC):%H:%M:%S} UTC" if at and manner.active().zone != "UTC" else ""


@register.filter
def state_label(state: str) -> str:
    return words.state(state)


@register.filter
def move_label(move: str) -> str:
    return _(MOVES[move]) if move in MOVES else ""


@register.filter
def flaws(venue: VenueLine) -> str:
    """2 failures, left alone for now, 12 rejected, clock 9.2 s ahead; nothing where nothing was wrong."""
    told = _failures(venue)
    if venue.rejected:
        told.append(_("%(n)s rejected") % _total(venue.rejected))
    if venue.quarantined:
        told.append(_("%(n)s held back") % _total(venue.quarantined))
    if venue.quarantined_share:
        told[-1] += f" ({venue.quarantined_share})"
    if venue.skew_ms is not None and abs(venue.skew_ms) >= SKEWED_MS:
        clock = _("clock %(seconds)s s ahead") if venue.skew_ms > 0 else _("clock %(seconds)s s behind")
        told.append(clock % _seconds(venue.skew_ms))
    return ", ".join(told)


def _failures(venue: VenueLine) -> list[str]:
    failures = ngettext("%(n)s failure", "%(n)s failures", venue.attempts) % {"n": _counted(venue.attempts)}
    failed = [failures] if venue.attempts else []
    return [*failed, _(CIRCUITS[venue.circuit])] if venue.circuit in CIRCUITS else failed


def _total(reasons: dict[str, int]) -> dict[str, str]:
    return {"n": _counted(sum(reasons.values()))}


@register.filter
def flaw_reasons(venue: VenueLine) -> str:
    """The same reason by reason; with the repeats and the venue's clock, which need be no flaw."""
    told = []
    if venue.rejected:
        told.append(_("Rejected: %(reasons)s.") % {"reasons": _listed(venue.rejected)})
    if venue.quarantined:
        told.append(_("Held back: %(reasons)s.") % {"reasons": _listed(venue.quarantined)})
    if venue.repeated:
        told.append(_("Repeated: %(n)s.") % {"n": _counted(venue.repeated)})
    if venue.skew_ms is not None:
        clock = _("Clock: %(seconds)s s ahead.") if venue.skew_ms > 0 else _("Clock: %(seconds)s s behind.")
        told.append(clock % _seconds(venue.skew_ms))
    return " ".join(told)


def _seconds(milliseconds: int) -> dict[str, str]:
    return {"seconds": manner.number(f"{abs(milliseconds) // 100 / 10:,.1f}")}


def _listed(reasons: dict[str, int]) -> str:
    most_first = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{reason} {_counted(count)}" for reason, count in most_first)


@register.filter
def delay(venue: VenueLine) -> str:
    """Half of a venue's data takes so long to us, and 99 of 100."""
    return " / ".join(map(_counted, venue.delay_ms)) if venue.delay_ms else "–"


@register.filter
def behind(passport: Passport | None) -> list[tuple[str, str]]:
    """What is behind the sentence of a passport, line by line. Without a price a template asks for "" instead."""
    if not passport:
        return []
    others = [(_("%(venue)s is not asked") % {"venue": name}, reason) for name, reason in passport.excluded]
    if passport.consensus is None:
        return others
    together = (_("All venues together"), price(passport.consensus))
    return [together, (_("The price shown is"), passport.distance), *others]


@register.filter
def trust(bar: Bar) -> str:
    """How far a bar may be trusted; nothing where nothing is missing."""
    if bar.status == Status.PARTIAL:
        return _("partial: %(seconds)s s missing") % {"seconds": math.ceil(bar.gap_seconds)}
    return _("repaired") if bar.status == Status.REPAIRED else ""


@register.filter
def venue_name(code: str, venues: list[VenueLine]) -> str:
    return next((venue.name for venue in venues if venue.code == code), code)


def _grouped(number: Decimal | str, least_decimals: int) -> str:
    whole, _, fraction = format(Decimal(number), ",f").partition(".")
    return manner.number(f"{whole}.{fraction.rstrip('0').ljust(least_decimals, '0')}")


def _counted(number: int) -> str:
    return manner.number(f"{number:,}")
