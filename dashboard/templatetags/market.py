"""How moves, ranges and flows read on the page. static/dashboard/market.js says the same for the browser."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from django import template
from django.utils.translation import gettext as _

from dashboard import manner
from dashboard.feed.lately import DayRange, Flow, FlowBucket, FlowPattern, Horizon
from dashboard.feed.parts import AlertLine, TapeTrade, VenueLine
from dashboard.templatetags.figures import size, venue_name
from feeds.market.flow import MINUTE_S

register = template.Library()

# How quickly a feed spends its error budget, by the kind of the alert.
QUICK_BURN, SLOW_BURN = "burn-1h", "burn-6h"
UP, DOWN, EVEN = "up", "down", "even"
NEARLY_A_DAY: Final = timedelta(hours=23, minutes=55)
ARROWS: Final = {UP: "▲", DOWN: "▼", EVEN: "•"}


@register.filter
def worst(alerts: list[AlertLine]) -> list[AlertLine]:
    """Of a feed: a budget that is spent quickly is being spent slowly too, which nobody needs to be told beside it."""
    is_quick = any(alert.kind == QUICK_BURN for alert in alerts)
    return [alert for alert in alerts if not (is_quick and alert.kind == SLOW_BURN)]


@register.filter
def direction(move: Horizon) -> str:
    """Where a move goes; nowhere, where it is not significant."""
    if move.z is None or move.level in ("none", ""):
        return EVEN
    return UP if move.z > 0 else DOWN


@register.filter
def arrow(move: Horizon) -> str:
    return ARROWS[direction(move)]


@register.filter
def significance(move: Horizon) -> str:
    """Strong +0.42 % in 5 min, z 3.4: the word, the move and its z; or why it cannot be told."""
    told = {
        "minutes": move.minutes,
        "change": percent(move.change),
        "z": manner.number(f"{move.z or 0:.1f}"),
        "wait": waiting(move.wait_s),
    }
    return _sentence(move) % told


def _sentence(move: Horizon) -> str:
    sentences = {
        "none": _("usual %(change)s in %(minutes)s min, z %(z)s"),
        "notable": _("notable %(change)s in %(minutes)s min, z %(z)s"),
        "strong": _("strong %(change)s in %(minutes)s min, z %(z)s"),
        "extreme": _("extreme %(change)s in %(minutes)s min, z %(z)s"),
        "short": _("over %(minutes)s min: told in %(wait)s, when there is enough history"),
        "gap": _("over %(minutes)s min: not told, no trade is known from then or from now"),
        "still": _("over %(minutes)s min: not told, too little moves to measure by"),
    }
    return sentences[move.level or move.doubt]


def waiting(seconds: int) -> str:
    """Never too short."""
    told, n = (_("%(n)s s"), seconds) if seconds < 90 else (_("%(n)s min"), -(-seconds // 60))
    return told % {"n": n}


@register.filter
def percent(number: float | None) -> str:
    """+0.42 %, -0.50 %, 0.00 %."""
    return "–" if number is None else manner.number(f"{number:+.2f}" if number else "0.00") + " %"


@register.filter
def stands(day: DayRange, now: datetime) -> str:
    """Which time the range covers, and where the price stands in it."""
    told = {"place": f"{day.place} %", "since": f"{day.since_at.astimezone(UTC):%H:%M}"}
    if now - day.since_at >= NEARLY_A_DAY:
        return _("Last 24 h: the price stands at %(place)s of this range.") % told
    return _("Known since %(since)s UTC only: the price stands at %(place)s of this range.") % told


@register.filter
def amount(number: str) -> str:
    """A traded size, to five decimals."""
    return size(round(Decimal(number), 5))


@register.filter
def signed(number: str) -> str:
    rounded = round(Decimal(number), 5)
    return f"+{size(rounded)}" if rounded > 0 else size(abs(rounded)) if not rounded else size(rounded)


@register.filter
def part(number: str, whole: str) -> int:
    """Of a hundred."""
    return round(100 * Decimal(number) / Decimal(whole)) if Decimal(whole) else 0


@register.filter
def largest(trades: list[TapeTrade]) -> str:
    return max((trade.size for trade in trades), key=Decimal, default="0")


@register.filter
def side_word(side: str) -> str:
    """What the taker did."""
    return {"buy": _("buy"), "sell": _("sell")}.get(side, "")


@register.filter
def milliseconds(at: datetime) -> str:
    """When a trade happened, for who points at it: 12:00:00.123 UTC."""
    return f"{at.astimezone(UTC):%H:%M:%S}.{at.microsecond // 1000:03} UTC"


@register.filter
def shares(bucket: FlowBucket, venues: list[VenueLine]) -> str:
    """Binance 60 %, OKX 40 %."""
    whole = str(sum(map(Decimal, bucket.venues.values())))
    return ", ".join(f"{venue_name(code, venues)} {part(each, whole)} %" for code, each in bucket.venues.items())


@register.filter
def pattern(found: FlowPattern) -> str:
    """What it is, by its definition."""
    sentences = {
        ("one-sided", "buy"): _("One-sided: takers bought at least 85 % of each of five buckets or more."),
        ("one-sided", "sell"): _("One-sided: takers sold at least 85 % of each of five buckets or more."),
        ("spike", "buy"): _("Spike, mostly bought: far more than usual was traded (robust z of 3 or more)."),
        ("spike", "sell"): _("Spike, mostly sold: far more than usual was traded (robust z of 3 or more)."),
    }
    return sentences[found.kind, found.side]


@register.filter
def span(found: FlowPattern) -> str:
    """From when to when: to the second where the buckets are seconds."""
    form = "%H:%M" if found.width == MINUTE_S else "%H:%M:%S"
    return f"{manner.local(found.start_at):{form}}–{manner.local(found.end_at):{form}}"


@register.filter
def strength(found: FlowPattern) -> str:
    return _("strength %(strength)s of 1") % {"strength": found.strength}


@register.filter
def since(flow: Flow) -> str:
    """Where the history begins: this is not always a whole hour."""
    return _("Since %(time)s UTC.") % {"time": f"{flow.since_at:%H:%M}"} if flow.since_at else ""
