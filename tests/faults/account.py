"""What became of every trade that the exchange sent: stored once, in a gap that is told of, or lost."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from feeds.models import Gap, Listing, Trade
from feeds.storage.latest import LoggedTrade
from tests.exchange.ledger import Sent

# It reports a taker's order as one trade, under its last id.
JOINS_ORDERS = "okx"

Key = tuple[str, str, int]


@dataclass(frozen=True)
class Account:
    """Counts. See `tests.faults.row.Run` for what each is."""

    sent: int
    lost: int
    duplicated: int
    unexplained: int


def settle(ledger: Sequence[Sent], logged: Sequence[LoggedTrade]) -> Account:
    """The exchange's ledger against the log and the database. Blocking."""
    sent = _sent(ledger)
    stored = _stored()
    in_gaps = _in_gaps(sent | stored)
    live = Counter((*_key(trade), trade.quarantine) for trade in logged if not trade.is_backfill)
    backfilled = {_key(trade) for trade in logged if trade.is_backfill}
    never_sent = stored - sent - backfilled
    return Account(
        sent=len(sent),
        lost=len(sent - stored - in_gaps),
        duplicated=sum(live.values()) - len(live),
        unexplained=len(never_sent) + len(stored & in_gaps),
    )


def _key(trade: LoggedTrade) -> Key:
    return trade.venue, trade.instrument, int(trade.trade_id)


def _sent(ledger: Iterable[Sent]) -> set[Key]:
    listings = {(row.venue_id, row.symbol): row.instrument_id for row in Listing.objects.all()}
    newest: dict[tuple[str, str, int], int] = defaultdict(int)
    for sent in ledger:
        trade_id = int(sent.trade_id)
        joined = sent.order_id if sent.venue == JOINS_ORDERS else trade_id
        order = (sent.venue, listings[sent.venue, sent.symbol], joined)
        newest[order] = max(newest[order], trade_id)
    return {(venue, instrument, trade_id) for (venue, instrument, _), trade_id in newest.items()}


def _stored() -> set[Key]:
    rows = Trade.objects.values_list("venue", "instrument", "trade_id")
    return {(venue, instrument, int(trade_id)) for venue, instrument, trade_id in rows}


def _in_gaps(keys: Iterable[Key]) -> set[Key]:
    """Those that a row says are missing."""
    missing: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    for gap in Gap.objects.exclude(status=Gap.Status.REPAIRED):
        before = int(gap.before_id) if gap.before_id else float("inf")
        missing[gap.venue_id, gap.instrument_id].append((int(gap.after_id), before))
    return {key for key in keys if any(after < key[2] < before for after, before in missing[key[:2]])}
