"""What happened, in words a trader understands. Pure: technical texts go in, sentences come out.

A reason is a stable word, of feeds.errors or of the supervisor, and what was seen: "silent: no market data for 3.0 s".
"""

import math
import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

# What a venue did, by the first word of a reason.
_DEEDS: Final = {
    "announced": "announced that it closes the connection",
    "certificate": "could not prove who it is",
    "circuit": "is left alone for a while",
    "closed": "closed the connection",
    "connect": "could not be reached",
    "corrupt": "sent too much that is wrong",
    "cool_off": "wants to be left alone",
    "handshake": "turned us away",
    "no_ack": "did not answer our request for data",
    "no_pong": "stopped answering",
    "protocol": "sent what is no market data",
    "refused": "does not give what was asked for",
    "silent": "went silent",
    "surplus": "is not needed: better venues deliver",
    "switched_off": "is not to be used any more",
    "unlisted": "does not list it",
}
# What a circuit says that an admin holds open, and what that means.
_FORCED_OPEN: Final = "held open by an admin"
_SWITCHED_OFF: Final = "was switched off by an admin for now"
# What speaks for the venue that the price moved to.
_MERITS: Final = {
    "first": "was the first to deliver",
    "order": "comes first in the order of venues",
    "returned": "comes first, and has delivered well",
}
# What is nobody's deed and no merit but our own doing.
_OWN: Final = {"restarted": "the monitor was restarted"}
# By the kind of an alert; {subject} is the name of what it is about, {text} what was seen.
_ALERTS: Final = {
    "burn-1h": "{subject} uses up its error budget: {text}",
    "burn-6h": "{subject} uses up its error budget: {text}",
    "no_venue": "No venue delivers. The last price stays on the page, with its age",
    "clock": "By the clocks of the venues, {text}: somebody should set it",
    "policy": "{subject} asks us to stop: it closed the connection for a violation of its rules",
    "exhausted": "{subject} failed so often that it is tried every 15 minutes only",
    "blocked": "{subject} has banned our address for now",
    "certificate": "{subject} could not prove who it is: somebody may be between us and it",
}
# Why a trade is held back, by its quarantine.
_HELD: Final = {
    "clock": "its time cannot be true",
    "order": "it came late",
    "jump": "a jump that nobody confirms",
    "outlier": "far from the trades before it",
    "off_market": "far from the other venues",
}
_FOR_SECONDS: Final = re.compile(r" for \d+(?:\.\d+)? s\b")
_BPS: Final = 10_000
# Quiet moments of a market last as long.
_NOTICED_S: Final = 1.0


def deed(technical: str) -> str:
    """What a venue did: "went silent for 3.0 s"; "" for a reason that says nothing of the kind."""
    return _told(technical, _DEEDS)


def reason(technical: str, from_venue: str, to_venue: str) -> str:
    """Why the price moved: "Binance went silent for 3.0 s". What is not known here is told as it was written."""
    if own := _told(technical, _OWN):
        return own
    if did := deed(technical):
        return f"{from_venue or 'the venue'} {did}"
    merit = _told(technical, _MERITS)
    return f"{to_venue} {merit}" if merit else technical


def _told(technical: str, words: dict[str, str]) -> str:
    head, _, seen = technical.partition(":")
    word = head.partition(" ")[0]
    if word not in words:
        return ""
    if word == "circuit":
        return _SWITCHED_OFF if seen.strip() == _FORCED_OPEN else f"{words[word]}:{seen}"
    lasted = _FOR_SECONDS.search(seen)
    return words[word] + (lasted[0] if lasted else "")


def since(at: datetime | None, why: str) -> str:
    """Behind a venue's name: "since 12:04:31, because Binance went silent for 3.0 s"."""
    begun = f"since {_clock(at)}" if at else ""
    return ", because ".join(part for part in (begun, why) if part)


def nobody(at: datetime | None) -> str:
    """Behind the name of the venue that was the last: "was the last: no venue delivers since 12:04:31"."""
    return f"was the last: no venue delivers {since(at, '')}".rstrip()


def cost(age_s: float, stale_s: float) -> str:
    """What a switch cost those who looked at the price; "" for one that nobody could notice."""
    return f"no new price for {age_s:.1f} s; stale for {stale_s:.1f} s" if age_s >= _NOTICED_S else ""


def alert(kind: str, subject: str, technical: str) -> str:
    """What a person should know, with the name of the venue or instrument that it is about."""
    known = _ALERTS.get(kind)
    return (
        known.format(subject=subject, text=technical)
        if known
        else ": ".join(part for part in (subject, technical) if part)
    )


def held(quarantine: str) -> str:
    """Why a trade is on the tape and is no price; "" for one that is."""
    return _HELD.get(quarantine, quarantine)


def agreement(status: str, agreeing: int, sources: int, spread_bps: float, venues: list[str]) -> str:
    """What the venues together say of a price. `venues` are those that were asked, the shown one first.

    The spread is around what they agree on; two of them are twice as far from one another.
    """
    match status:
        case "consensus":
            return f"{agreeing} of {sources} venues agree, mostly within {spread_bps:.1f} bps"
        case "agreed":
            return f"{agreeing} of {sources} venues agree within {2 * spread_bps:.1f} bps"
        case "disputed":
            both = " and ".join(venues) if len(venues) == 2 else "Two venues"
            return f"{both} disagree by {2 * spread_bps:.1f} bps"
        case "single source":
            return f"Single source: only {venues[0]} delivers"
    return "No venue confirms this price now"


def minority(agreeing: int, sources: int) -> str:
    """Of three venues and more, not more than half agree."""
    return f"Only {agreeing} of {sources} venues agree"


def contradiction(bps: Decimal, agreeing: int, sources: int) -> str:
    """The others agree, and the shown price is far from theirs."""
    said = f"what {agreeing} of {sources} venues say" if sources > 1 else "what the only other venue says"
    return f"This price is {abs(bps):.0f} bps {_side(bps)} {said}"


def bps_from(price: Decimal, consensus: Decimal) -> Decimal:
    """How far above what the venues agree on a price is, in hundredths of a percent; less than zero is below."""
    return (price - consensus) / consensus * _BPS


def distance(price: Decimal, consensus: Decimal) -> str:
    """How far the shown price is from what the venues agree on."""
    bps = bps_from(price, consensus)
    return "the same" if abs(bps) < Decimal("0.05") else f"{abs(bps):.1f} bps {_side(bps)} that"


def _side(bps: Decimal) -> str:
    return "above" if bps > 0 else "below"


def missing(venue: str, at: datetime, seconds: float) -> str:
    """Which part of the last hour was not recorded of the venue whose price is shown."""
    return f"{venue} was not recorded {_clock(at)} to {_clock(at + timedelta(seconds=seconds))}"


def share(part: float | None) -> str:
    """An uptime, never rounded up: only what never failed is 100 %."""
    if part is None:
        return "–"
    thousandths = math.floor(part * 100_000)
    return f"{thousandths / 1000:.3f}".rstrip("0").rstrip(".") + " %"


def budget(seconds: float) -> str:
    """How long something may still fail until its objective is missed, or how long ago that was."""
    minutes, rest = divmod(math.floor(abs(seconds)), 60)
    told = f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return told if seconds >= 0 else f"missed by {told}"


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S}"
