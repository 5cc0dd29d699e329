"""The books after a run: all that happened at the exchange is stored once, or in a gap that says so, and never both."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from feeds.models import Gap, Listing, Trade
from feeds.storage.latest import LoggedTrade
from tests.exchange.market import Trade as Taped
from tests.faults.row import Run

logger = logging.getLogger(__name__)

# It tells what one taker's order did as one trade, under its last id.
GROUPS: Final = "okx"

Pair = tuple[str, str]
Numbers = dict[Pair, set[int]]


@dataclass(frozen=True)
class Balance:
    """`happened` counts from the first trade that was told of each pair on.

    `lost` is neither stored nor in a gap. `duplicated` was taken for new twice: to log a batch once more, because Redis
    answered too late, is no such thing, as the database knows what it has. `unexplained` is stored although it never
    happened, or stored and in a gap that says that it is missing.
    """

    happened: int
    stored: int
    in_gaps: int
    lost: list[tuple[str, str, int]]
    duplicated: list[tuple[str, str, int]]
    unexplained: list[tuple[str, str, int]]

    def as_run(self, figure: float | None, *complaints: str) -> Run:
        """What a run came to whose books these are. The log of a run that is to blame tells of which trades."""
        logger.info("lost %s, duplicated %s, unexplained %s", self.lost, self.duplicated, self.unexplained)
        return Run(figure, len(self.lost), len(self.duplicated), len(self.unexplained), complaints)


def balance(tape: Iterable[Taped], logged: Sequence[LoggedTrade]) -> Balance:
    """The exchange's own tape against the log and the database, once the feed has ended. Blocking."""
    tape = list(tape)
    live = [trade for trade in logged if not trade.is_backfill]
    told = _told(live)
    happened, stored = _from_first(_happened(tape), told), _from_first(_stored(), told)
    covered = _with_groups(stored, tape)
    missing = {pair: {number for number in happened[pair] if _is_in(number, spans)} for pair, spans in _gaps(happened)}
    return Balance(
        happened=sum(map(len, happened.values())),
        stored=sum(map(len, stored.values())),
        in_gaps=sum(map(len, missing.values())),
        lost=_list((pair, happened[pair] - covered[pair] - missing[pair]) for pair in happened),
        duplicated=repeated(live),
        unexplained=_list(
            (pair, (stored[pair] & missing[pair]) | (stored[pair] - happened[pair])) for pair in happened
        ),
    )


def repeated(live: Iterable[LoggedTrade]) -> list[tuple[str, str, int]]:
    """Trades that came twice and were taken for new each time. An entry that was sent again is the same to the letter,
    by its `received_at`; one that was set aside is logged once more when it is released.
    """
    counts = Counter((trade.venue, trade.instrument, int(trade.trade_id), trade.quarantine) for trade in set(live))
    return sorted(key[:3] for key, count in counts.items() if count > 1)


def _happened(tape: Iterable[Taped]) -> Numbers:
    instruments = {(row.venue_id, row.symbol): row.instrument_id for row in Listing.objects.all()}
    numbers: Numbers = defaultdict(set)
    for trade in tape:
        numbers[trade.venue, instruments[trade.venue, trade.symbol]].add(trade.trade_id)
    return numbers


def _told(live: Iterable[LoggedTrade]) -> Numbers:
    numbers: Numbers = defaultdict(set)
    for trade in live:
        numbers[trade.venue, trade.instrument].add(int(trade.trade_id))
    return numbers


def _from_first(numbers: Numbers, told: Numbers) -> Numbers:
    """Those from the first one that was told on; to what came after the last one, a gap goes that is open."""
    firsts = {pair: min(found) for pair, found in told.items()}
    return {pair: {number for number in numbers[pair] if number >= first} for pair, first in firsts.items()}


def _stored() -> Numbers:
    numbers: Numbers = defaultdict(set)
    for venue, instrument, trade_id in Trade.objects.values_list("venue", "instrument", "trade_id"):
        numbers[venue, instrument].add(int(trade_id))
    return numbers


def _with_groups(stored: Numbers, tape: Sequence[Taped]) -> Numbers:
    """With the ids that a group stands for, where its last one is stored."""
    covered: Numbers = defaultdict(set, {pair: set(numbers) for pair, numbers in stored.items()})
    instruments = {(row.venue_id, row.symbol): row.instrument_id for row in Listing.objects.filter(venue=GROUPS)}
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    for trade in tape:
        if trade.venue == GROUPS:
            groups[instruments[GROUPS, trade.symbol], trade.order_id].append(trade.trade_id)
    for (instrument, _), numbers in groups.items():
        if max(numbers) in covered[GROUPS, instrument]:
            covered[GROUPS, instrument].update(numbers)
    return covered


def _gaps(pairs: Mapping[Pair, object]) -> Iterator[tuple[Pair, list[tuple[int, int | None]]]]:
    """What the rows say is missing still, by the ids beside it."""
    spans: dict[Pair, list[tuple[int, int | None]]] = defaultdict(list)
    for row in Gap.objects.exclude(status=Gap.Status.REPAIRED):
        before = int(row.before_id) if row.before_id else None
        spans[row.venue_id, row.instrument_id].append((int(row.after_id), before))
    return ((pair, spans[pair]) for pair in pairs)


def _is_in(number: int, spans: Iterable[tuple[int, int | None]]) -> bool:
    return any(after < number and (before is None or number < before) for after, before in spans)


def _list(found: Iterable[tuple[Pair, set[int]]]) -> list[tuple[str, str, int]]:
    return sorted((*pair, number) for pair, numbers in found for number in numbers)
