"""How the figures of operation read: venues, servers, delays, coverage. static/dashboard/operation.js says the same."""

import math
from datetime import datetime
from typing import Final

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dashboard import manner
from dashboard.feed.parts import Covered, Hop, VenueLine
from dashboard.system.manual import SERVER
from dashboard.system.messages import Redis, RedisLine
from dashboard.system.system import DEGRADED, HEALTHY, UNHEALTHY
from dashboard.templatetags.figures import age
from feeds import words

register = template.Library()


_HEALTH: Final = {
    HEALTHY: gettext_noop("healthy"),
    DEGRADED: gettext_noop("degraded"),
    UNHEALTHY: gettext_noop("unhealthy"),
}
_ROLES: Final = {"active": gettext_noop("active"), "standby": gettext_noop("standby")}


@register.filter
def health(status: str) -> str:
    return _(_HEALTH[status])


@register.filter
def role(code: str) -> str:
    """Of a venue: whether its price is shown, or it is recorded beside."""
    return _(_ROLES[code]) if code in _ROLES else ""


@register.filter
def count(number: int | None) -> str:
    """What nobody knows is a dash, and never a zero."""
    return "–" if number is None else manner.number(f"{number:,}")


@register.filter
def megabytes(size: int | None) -> str:
    return "–" if size is None else manner.number(f"{size / 1024 / 1024:,.1f}") + " MB"


@register.filter
def milliseconds(number: float | None) -> str:
    return "–" if number is None else manner.number(f"{number:g}") + " ms"


@register.filter
def offset(milliseconds: int | None) -> str:
    """How far a venue's clock is ahead of ours, or behind it."""
    if milliseconds is None:
        return "–"
    seconds = f"{abs(milliseconds) / 1000:.2f}"
    sign = "−" if milliseconds < 0 else "+"
    return f"{sign if float(seconds) else ''}{manner.number(seconds)} s"


@register.filter
def covered(share: float | None) -> str:
    """0.99997 is no 100 %: only what is whole is called so."""
    if share is None:
        return "–"
    return "100" if share == 1 else manner.number(f"{min(math.floor(share * 1000) / 10, 99.9):g}")


@register.filter
def circuit(venue: VenueLine) -> str:
    """Whether a venue is tried at all; with the end of an admin's word on that."""
    state = words.circuit(venue.circuit or "closed")
    if venue.forced_until is None:
        return state
    return _("%(state)s by an admin until %(time)s") % {
        "state": state,
        "time": f"{manner.local(venue.forced_until):%H:%M}",
    }


@register.filter
def circuit_label(circuit: str) -> str:
    return words.circuit(circuit)


@register.filter
def slowest(hops: list[Hop]) -> float:
    """What the bars of all hops are compared with."""
    return max((hop.p95 for hop in hops), default=0.1)


@register.filter
def switched(redis: Redis, now: datetime) -> str:
    """How long ago the log moved to the other server."""
    return _("%(age)s ago") % {"age": age(redis.since_at, now)} if redis.since_at else _("never")


@register.filter
def server_state(state: str) -> str:
    return _(SERVER[_entry(state)].title)


@register.filter
def server_tone(state: str) -> str:
    return SERVER[_entry(state)].tone


def _entry(state: str) -> str:
    return "" if state == "up" else state if state in SERVER else "error"


@register.filter
def memory(server: RedisLine) -> str:
    if server.memory is None or not server.memory_max:
        return megabytes(server.memory)
    share = f"{100 * server.memory / server.memory_max:.0f}"
    return _("%(size)s (%(share)s %%)") % {"size": megabytes(server.memory), "share": share}


@register.filter
def failed(server: RedisLine) -> str:
    """How many of a worker's operations."""
    if server.failures is None:
        return "–"
    return _("%(count)s of %(all)s") % {"count": count(server.failures), "all": count(server.operations)}


@register.filter
def waiting(server: RedisLine) -> str:
    """Entries of the log that are not in the database, and for how long."""
    if not server.waiting:
        return count(server.waiting)
    return _("%(count)s, %(age)s s") % {"count": count(server.waiting), "age": manner.number(f"{server.oldest_s:g}")}


@register.filter
def cover_level(cell: Covered) -> str:
    """How dark a cell is; the number in it says the same."""
    if cell.share is None:
        return "none"
    return next((level for level, least in _LEVELS.items() if cell.share >= least), "bad")


@register.filter
def cover_words(cell: Covered) -> str:
    """A cell in a sentence."""
    if cell.share is None:
        return _("nobody was to listen")
    return _(
        "%(share)s %% covered, %(missing)s s missing; gaps: %(open)s open, %(repaired)s repaired, %(lost)s lost"
    ) % {
        "share": covered(cell.share),
        "missing": count(cell.missing_s),
        "open": cell.open,
        "repaired": cell.repaired,
        "lost": cell.lost,
    }


_LEVELS: Final = {"full": 1.0, "good": 0.999, "some": 0.99, "poor": 0.9}
