"""What happened, in words a trader understands. Pure: technical texts go in, sentences come out.

A reason is a stable word of feeds.errors or of the supervisor, then what was seen: "silent: no market data for 3 s".
"""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

# By the first word of a reason; {venue} is the venue that it is about.
_REASONS: Final = {
    "connect": "{venue} could not be reached",
    "certificate": "{venue} could not prove that it is {venue}",
    "handshake": "{venue} turned our connection away",
    "refused": "{venue} does not give what was asked for",
    "no_ack": "{venue} did not answer our request for data",
    "silent": "{venue} went silent",
    "no_pong": "{venue} stopped answering",
    "closed": "{venue} closed the connection",
    "corrupt": "{venue} sent too much that is wrong",
    "protocol": "{venue} sent what is no market data",
    "circuit": "{venue} failed too often and is left alone for a while",
}
# By the kind of an alert.
_ALERTS: Final = {
    "blind": "No venue delivers. The last price that was seen stays on the page, with its age",
    "exhausted": "{subject} failed so often that it is tried every 15 minutes only",
    "blocked": "{subject} has banned our address for now",
}
# Why a trade is held back, by its quarantine.
_HELD: Final = {
    "clock": "its time cannot be true",
    "order": "it came late",
    "jump": "a jump that nobody confirms",
    "outlier": "far from the trades before it",
    "off_market": "far from the other venues",
}
_SOMEBODY: Final = "the venue"
_FOR_SECONDS: Final = re.compile(r" for (\d+(?:\.\d+)? s)\b")
_BPS: Final = 10_000


def reason(technical: str, venue: str) -> str:
    """Why a venue was left: "Binance went silent for 3 s". What is not known here is told as it was written."""
    word, _, seen = technical.partition(":")
    known = _REASONS.get(word)
    if known is None:
        return technical
    lasted = _FOR_SECONDS.search(seen) if word == "silent" else None
    return known.format(venue=venue or _SOMEBODY) + (f" for {lasted[1]}" if lasted else "")


def since(at: datetime | None, why: str) -> str:
    """Behind a venue's name: "since 12:04:31, because Binance went silent for 3 s"."""
    begun = f"since {_clock(at)}" if at else ""
    return ", because ".join(part for part in (begun, why) if part)


def nobody(at: datetime | None, why: str) -> str:
    """Where no venue delivers: "No venue delivers since 12:04:31, because Binance went silent for 3 s"."""
    return f"No venue delivers {since(at, why)}".rstrip()


def alert(kind: str, subject: str, technical: str) -> str:
    """What a person should know, with the name of the venue or instrument that it is about."""
    known = _ALERTS.get(kind)
    return known.format(subject=subject) if known else ": ".join(part for part in (subject, technical) if part)


def held(quarantine: str) -> str:
    """Why a trade is on the tape and is no price; "" for one that is."""
    return _HELD.get(quarantine, quarantine)


def cost(stale_s: float) -> str:
    """What a switch cost those who looked at the price."""
    return f"the price was stale for {stale_s:.1f} s"


def agreement(status: str, agreeing: int, sources: int, apart_bps: float | None, venues: list[str]) -> str:
    """What the venues together say of a price. `venues` are those that were asked, the shown one first."""
    apart = f"{apart_bps or 0.0:.1f} bps"
    match status:
        case "disputed":
            return f"{' and '.join(venues) if len(venues) == 2 else 'Two venues'} disagree by {apart}"
        case "consensus" | "agreed":
            return f"{agreeing} of {sources} venues agree within {apart}"
        case "single source":
            return f"Single source: only {venues[0]} delivers"
    return "No other venue confirms this price"


def distance(price: Decimal, consensus: Decimal) -> str:
    """How far the shown price is from what the venues agree on."""
    bps = (price - consensus) / consensus * _BPS
    return "the same" if abs(bps) < Decimal("0.05") else f"{abs(bps):.1f} bps {'above' if bps > 0 else 'below'} it"


def missing(at: datetime, seconds: float) -> str:
    """Which part of the last hour nobody recorded."""
    return f"Data was missing {_clock(at)} to {_clock(at + timedelta(seconds=seconds))}"


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S}"
