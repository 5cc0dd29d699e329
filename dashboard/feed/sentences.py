"""What happened, in words a trader understands: technical texts go in, sentences come out.

A reason is a stable word, of feeds.errors or of the supervisor, and what was seen: "silent: no market data for 3.0 s".
"""

import math
import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dashboard import manner

# What a venue did, by the first word of a reason. The name comes first: the rest also stands for itself behind it.
_DEEDS: Final = {
    "announced": gettext_noop("%(venue)s announced that it closes the connection"),
    "certificate": gettext_noop("%(venue)s could not prove who it is"),
    "circuit": gettext_noop("%(venue)s is left alone for a while"),
    "closed": gettext_noop("%(venue)s closed the connection"),
    "connect": gettext_noop("%(venue)s could not be reached"),
    "corrupt": gettext_noop("%(venue)s sent too much that is wrong"),
    "cool_off": gettext_noop("%(venue)s wants to be left alone"),
    "handshake": gettext_noop("%(venue)s turned us away"),
    "no_ack": gettext_noop("%(venue)s did not answer our request for data"),
    "no_pong": gettext_noop("%(venue)s stopped answering"),
    "protocol": gettext_noop("%(venue)s sent what is no market data"),
    "refused": gettext_noop("%(venue)s does not give what was asked for"),
    "silent": gettext_noop("%(venue)s went silent"),
    "surplus": gettext_noop("%(venue)s is not needed: better venues deliver"),
    "switched_off": gettext_noop("%(venue)s is not to be used any more"),
    "unlisted": gettext_noop("%(venue)s does not list it"),
}
# What a circuit says that an admin holds open, and what that means.
_FORCED_OPEN: Final = "held open by an admin"
_SWITCHED_OFF: Final = gettext_noop("%(venue)s was switched off by an admin for now")
# What speaks for the venue that the price moved to.
_MERITS: Final = {
    "first": gettext_noop("%(venue)s was the first to deliver"),
    "order": gettext_noop("%(venue)s comes first in the order of venues"),
    "returned": gettext_noop("%(venue)s comes first, and has delivered well"),
}
# What is nobody's deed and no merit but our own doing.
_OWN: Final = {"restarted": gettext_noop("the monitor was restarted")}
# By the kind of an alert; %(subject)s is the name of what it is about, %(text)s what was seen.
_ALERTS: Final = {
    "burn-1h": gettext_noop("%(subject)s uses up its error budget: %(text)s"),
    "burn-6h": gettext_noop("%(subject)s uses up its error budget: %(text)s"),
    "no_venue": gettext_noop("No venue delivers. The last price stays on the page, with its age"),
    "clock": gettext_noop("By the clocks of the venues, %(text)s: somebody should set it"),
    "policy": gettext_noop("%(subject)s asks us to stop: it closed the connection for a violation of its rules"),
    "exhausted": gettext_noop("%(subject)s failed so often that it is tried every 15 minutes only"),
    "blocked": gettext_noop("%(subject)s has banned our address for now"),
    "certificate": gettext_noop("%(subject)s could not prove who it is: somebody may be between us and it"),
}
# Why a trade is held back, by its quarantine.
_HELD: Final = {
    "clock": gettext_noop("its time cannot be true"),
    "order": gettext_noop("it came late"),
    "jump": gettext_noop("a jump that nobody confirms"),
    "outlier": gettext_noop("far from the trades before it"),
    "off_market": gettext_noop("far from the other venues"),
}
# What a feed says of its error budget, as feeds.market.uptime words it.
_SPENT: Final = re.compile(r"(?P<bad>\d+) s of the last (?P<window>hour|6 hours) were bad: (?P<rate>\d+) times .*")
_FOR_SECONDS: Final = re.compile(r" for (\d+(?:\.\d+)?) s\b")
_BPS: Final = 10_000
# Less would be written as 0.0.
_LEAST_BPS: Final = 0.05
# Quiet moments of a market last as long.
_NOTICED_S: Final = 1.0


def deed(technical: str) -> str:
    """What a venue did: "Went silent for 3.0 s"; "" for a reason that says nothing of the kind."""
    told = _told(technical, _DEEDS, "").lstrip()
    return told[:1].upper() + told[1:]


def reason(technical: str, from_venue: str, to_venue: str) -> str:
    """Why the price moved: "Binance went silent for 3.0 s". What is not known here is told as it was written."""
    return (
        _told(technical, _OWN, "")
        or _told(technical, _DEEDS, from_venue or _("the venue"))
        or _told(technical, _MERITS, to_venue or _("it"))
        or technical
    )


def _told(technical: str, sentences: dict[str, str], venue: str) -> str:
    head, _colon, seen = technical.partition(":")
    word = head.partition(" ")[0]
    if word not in sentences:
        return ""
    if word == "circuit" and seen.strip() == _FORCED_OPEN:
        return _(_SWITCHED_OFF) % {"venue": venue}
    told = _(sentences[word]) % {"venue": venue}
    if word == "circuit":
        return f"{told}:{seen}"
    lasted = _FOR_SECONDS.search(seen)
    return _("%(deed)s for %(seconds)s s") % {"deed": told, "seconds": manner.number(lasted[1])} if lasted else told


def since(at: datetime | None, why: str) -> str:
    """Behind a venue's name: "since 12:04:31, because Binance went silent for 3.0 s"."""
    if at is None:
        return why
    told = _("since %(time)s, because %(why)s") if why else _("since %(time)s")
    return told % {"time": _clock(at), "why": why}


def nobody(at: datetime | None) -> str:
    """Behind the name of the venue that was the last: "was the last: no venue delivers since 12:04:31"."""
    if at is None:
        return _("was the last: no venue delivers")
    return _("was the last: no venue delivers since %(time)s") % {"time": _clock(at)}


def way(from_venue: str, to_venue: str) -> str:
    """Which venue the price left for which; "" is none."""
    if not from_venue:
        return _("No venue → %(venue)s") % {"venue": to_venue or _("no venue")}
    return f"{from_venue} → {to_venue or _('no venue')}"


def cost(age_s: float, stale_s: float) -> str:
    """What a switch cost those who looked at the price; "" for one that nobody could notice."""
    if age_s < _NOTICED_S:
        return ""
    told = {"age": _tenths(age_s), "stale": _tenths(stale_s)}
    return _("no new price for %(age)s s; stale for %(stale)s s") % told


def alert(kind: str, subject: str, technical: str) -> str:
    """What a person should know, with the name of the venue or instrument that it is about."""
    if kind in _ALERTS:
        return _(_ALERTS[kind]) % {"subject": subject, "text": _spent(technical) or technical}
    return ": ".join(part for part in (subject, technical) if part)


def _spent(technical: str) -> str:
    """Which part of an error budget is gone, in the reader's words; "" for a text that says nothing of it."""
    if (found := _SPENT.fullmatch(technical)) is None:
        return ""
    told = {"bad": found["bad"], "rate": found["rate"], "objective": manner.number("99.99")}
    if found["window"] == "hour":
        return _("%(bad)s s of the last hour were bad: %(rate)s times what %(objective)s %% allows") % told
    return _("%(bad)s s of the last 6 hours were bad: %(rate)s times what %(objective)s %% allows") % told


def held(quarantine: str) -> str:
    """Why a trade is on the tape and is no price; "" for one that is."""
    return _(_HELD[quarantine]) if quarantine in _HELD else quarantine


def agreement(status: str, agreeing: int, sources: int, spread_bps: float, venues: list[str]) -> str:
    """What the venues together say of a price. `venues` are those that were asked, the shown one first.

    The spread is around what they agree on; two of them are twice as far from one another.
    """
    told = {"agreeing": agreeing, "sources": sources, "bps": _tenths(spread_bps), "least": _tenths(0.1)}
    both = {**told, "bps": _tenths(2 * spread_bps)}
    match status:
        case "consensus" if spread_bps < _LEAST_BPS:
            return _("%(agreeing)d of %(sources)d venues agree, mostly to under %(least)s bps") % told
        case "agreed" if 2 * spread_bps < _LEAST_BPS:
            return _("%(agreeing)d of %(sources)d venues agree to under %(least)s bps") % told
        case "consensus":
            return _("%(agreeing)d of %(sources)d venues agree, mostly within %(bps)s bps") % told
        case "agreed":
            return _("%(agreeing)d of %(sources)d venues agree within %(bps)s bps") % both
        case "disputed" if len(venues) == 2:
            named = {**both, "one": venues[0], "other": venues[1]}
            return _("%(one)s and %(other)s disagree by %(bps)s bps") % named
        case "disputed":
            return _("Two venues disagree by %(bps)s bps") % both
        case "single source":
            return _("Single source: only %(venue)s delivers") % {"venue": venues[0]}
    return _("No venue confirms this price now")


def minority(agreeing: int, sources: int) -> str:
    """Of three venues and more, not more than half agree."""
    return _("Only %(agreeing)d of %(sources)d venues agree") % {"agreeing": agreeing, "sources": sources}


def contradiction(bps: Decimal, agreeing: int, sources: int) -> str:
    """The others agree, and the shown price is far from theirs."""
    told = {"bps": f"{abs(bps):.0f}", "agreeing": agreeing, "sources": sources}
    if sources > 1:
        above = _("This price is %(bps)s bps above what %(agreeing)d of %(sources)d venues say")
        below = _("This price is %(bps)s bps below what %(agreeing)d of %(sources)d venues say")
    else:
        above = _("This price is %(bps)s bps above what the only other venue says")
        below = _("This price is %(bps)s bps below what the only other venue says")
    return (above if bps > 0 else below) % told


def bps_from(price: Decimal, consensus: Decimal) -> Decimal:
    """How far above what the venues agree on a price is, in hundredths of a percent; less than zero is below."""
    return (price - consensus) / consensus * _BPS


def distance(price: Decimal, consensus: Decimal) -> str:
    """How far the shown price is from what the venues agree on."""
    bps = bps_from(price, consensus)
    if abs(bps) < Decimal("0.05"):
        return _("the same")
    told = _("%(bps)s bps above that") if bps > 0 else _("%(bps)s bps below that")
    return told % {"bps": _tenths(abs(bps))}


def missing(venue: str, at: datetime, seconds: float) -> str:
    """Which part of the last hour was not recorded of the venue whose price is shown."""
    told = {"venue": venue, "begin": _clock(at), "end": _clock(at + timedelta(seconds=seconds))}
    return _("%(venue)s was not recorded %(begin)s to %(end)s") % told


def share(part: float | None) -> str:
    """An uptime, never rounded up: only what never failed is 100 %."""
    if part is None:
        return "–"
    thousandths = math.floor(part * 100_000)
    return manner.number(f"{thousandths / 1000:.3f}".rstrip("0").rstrip(".")) + " %"


def budget(seconds: float) -> str:
    """How long something may still fail until its objective is missed, or how long ago that was."""
    minutes, rest = divmod(math.floor(abs(seconds)), 60)
    told = _("%(minutes)s min %(seconds)s s") if minutes else _("%(seconds)s s")
    told %= {"minutes": minutes, "seconds": rest}
    return told if seconds >= 0 else _("missed by %(time)s") % {"time": told}


def _tenths(number: float | Decimal) -> str:
    return manner.number(f"{number:.1f}")


def _clock(at: datetime) -> str:
    return manner.time_of_day(at)
