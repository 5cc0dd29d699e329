"""How long nothing could be shown: from the last good trade of the old venue to the first one of the new.

Measured in the log: a trade counts when it was the displayed venue's and no doubt was cast on it, by the moment when it
came. That is never less than what people see: at a switch they are shown the standby's newest price at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from feeds.storage.latest import LoggedTrade
from tests.exchange.ledger import Sent

# A price that is older is not fresh: the objective counts such seconds as down.
STALE_AFTER_S: Final = 5.0


@dataclass(frozen=True)
class Handover:
    """The displayed price moved. `blind` is in seconds of the clock that the feed was handed."""

    from_venue: str
    to_venue: str
    blind: float


def displayed(log: Iterable[LoggedTrade], instrument: str = "BTC-USDT") -> list[LoggedTrade]:
    """What was shown as the price of an instrument, in the order in which it came: what a spool kept meanwhile was
    logged after what came later.
    """
    shown = [
        trade
        for trade in log
        if trade.instrument == instrument and not (trade.is_standby or trade.is_backfill or trade.quarantine)
    ]
    return sorted(shown, key=lambda trade: trade.received_at)


def handovers(shown: Iterable[LoggedTrade]) -> list[Handover]:
    """Every time that the price came from another venue than before."""
    return [
        Handover(old.venue, new.venue, (new.received_at - old.received_at).total_seconds())
        for old, new in pairwise(shown)
        if old.venue != new.venue
    ]


def seams(ledger: Iterable[Sent], venue: str) -> list[float]:
    """For each renewed connection of a venue: how many seconds were on neither it nor the one before; 0 for none."""
    spans: dict[int, tuple[datetime, datetime]] = {}
    for sent in ledger:
        if sent.venue == venue:
            first_at, _ = spans.get(sent.connection, (sent.traded_at, sent.traded_at))
            spans[sent.connection] = first_at, sent.traded_at
    in_order = [spans[number] for number in sorted(spans)]
    return [max(0.0, (new[0] - old[1]).total_seconds()) for old, new in pairwise(in_order)]


def stale(shown: Iterable[LoggedTrade]) -> float:
    """For how many seconds, all in all, the newest displayed trade was older than STALE_AFTER_S."""
    gaps = ((new.received_at - old.received_at).total_seconds() for old, new in pairwise(shown))
    return sum(max(0.0, gap - STALE_AFTER_S) for gap in gaps)
