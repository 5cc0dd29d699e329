"""How far a shown price may be trusted, in words. Pure."""

from decimal import Decimal
from typing import Final

from dashboard.feed import sentences
from dashboard.feed.conversion import Names, name_of, plain
from dashboard.feed.parts import Passport
from feeds.market.consensus import AGREED_BPS
from feeds.storage import latest
from feeds.storage.latest import PriceState

DISPUTED: Final = "disputed"


def passport(state: PriceState, venues: list[str], names: Names) -> Passport | None:
    """`venues` are the codes of those that are connected, the one of the price first."""
    told = state.passport
    if told is None:
        return None
    status, text = _verdict(state, told, [name_of(code, names) for code in venues if code not in told.excluded])
    return Passport(
        status=status,
        text=text,
        gap=sentences.missing(name_of(state.venue, names), told.gap_at, told.gap_s) if told.gap_at else "",
        consensus=None if told.consensus is None else plain(told.consensus),
        distance=sentences.distance(state.price, told.consensus) if told.consensus else "",
        excluded=[(name_of(code, names), reason) for code, reason in sorted(told.excluded.items())],
    )


def _verdict(state: PriceState, told: latest.Passport, asked: list[str]) -> tuple[str, str]:
    """The status and its sentence. That venues agree says nothing for a price that is far from theirs."""
    if told.status == "consensus" and 2 * told.agreeing <= told.sources:
        return DISPUTED, sentences.minority(told.agreeing, told.sources)
    bps = sentences.bps_from(state.price, told.consensus) if told.consensus else Decimal(0)
    if told.status != DISPUTED and abs(bps) > AGREED_BPS:
        return DISPUTED, sentences.contradiction(bps, told.agreeing, told.sources)
    return told.status, sentences.agreement(told.status, told.agreeing, told.sources, told.spread_bps or 0.0, asked)
