"""The tables of trades and quotes: a batch in one transaction, known ones ignored, released ones out of quarantine; of
a second the last quote.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Final

from django.db import transaction

from feeds.models import Quote, Trade
from feeds.storage.bars import mark_trades
from feeds.storage.bulk import Bulk
from feeds.storage.latest import LoggedTrade
from feeds.storage.logged import Logged, LoggedQuote
from feeds.tally import STORED, TALLY

TRADES: Final = Bulk(
    Trade,
    texts=("venue", "instrument", "trade_id", "side", "quarantine"),
    others=("price", "size", "traded_at", "received_at"),
)
QUOTES: Final = Bulk(
    Quote,
    texts=("venue", "instrument"),
    others=("bid", "bid_size", "ask", "ask_size", "quoted_at", "received_at", "second_at"),
    key=("venue", "instrument", "second_at"),
    later_by="received_at",
)


def store(logged: Sequence[Logged], also: Callable[[], None] = lambda: None) -> None:
    """Commits all of them or none, and says which minutes they change. `also` is done in the same transaction."""
    trades = [each for each in logged if isinstance(each, LoggedTrade)]
    # Before the transaction, which holds SQLite's only write lock.
    rows = TRADES.rows_of(trades)
    quotes = QUOTES.rows_of(_last_of_each_second(each for each in logged if isinstance(each, LoggedQuote)))
    with transaction.atomic():
        new = TRADES.insert(rows)
        if new.total() < len(rows):
            _release(trades)
        mark_trades(trades)
        QUOTES.insert(quotes)
        also()
    for venue, count in new.items():
        TALLY.add(STORED, venue, count=count)


def _last_of_each_second(quotes: Iterable[LoggedQuote]) -> Iterable[LoggedQuote]:
    """There are two of a second where a feed stopped in the middle of it and another one went on."""
    ordered = sorted(quotes, key=attrgetter("received_at"))
    return {(each.venue, each.instrument, each.second_at): each for each in ordered}.values()


def _release(trades: Iterable[LoggedTrade]) -> None:
    """One that is logged without a doubt and was there already may have been there with one.

    What a venue's REST says of it is no release: nobody held that against the other venues.
    """
    believed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for trade in trades:
        if not trade.quarantine and not trade.is_backfill:
            believed[trade.venue, trade.instrument].append(trade.trade_id)
    for (venue, instrument), ids in believed.items():
        held = Trade.objects.filter(venue=venue, instrument=instrument, trade_id__in=ids).exclude(quarantine="")
        held.update(quarantine="")
