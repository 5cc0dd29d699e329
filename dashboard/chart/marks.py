"""What is marked on the bars of a chart: where the price moved to another venue, what is missing, own fills."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import msgspec

from dashboard.feed.conversion import plain, switch_line
from dashboard.feed.leads import joined
from dashboard.feed.parts import SwitchLine
from feeds.queries import FeedView, GapView, gaps_between, switches_between
from positions.queries.fills import FillView, fills_between
from positions.queries.visible import AccountView
from positions.symbols import symbol_of

# Of each kind: more would hide the bars.
MOST: Final = 300


class GapMark(msgspec.Struct, frozen=True):
    """A time without data of a venue, by name; without an end it goes on. `status` is open, repaired or unrepairable.

    `filled` counts the trades that its repair brought, `text` is what became of it or, before that, why it is there.
    """

    venue: str
    from_at: datetime
    to_at: datetime | None
    status: str
    filled: int
    text: str


class FillMark(msgspec.Struct, frozen=True):
    """The account of this label bought or sold; `side` is buy or sell."""

    at: datetime
    account: str
    side: str
    price: str
    size: str


class Marks(msgspec.Struct, frozen=True):
    """Newest first. `is_cut`: there are more, older ones."""

    switches: list[SwitchLine]
    gaps: list[GapMark]
    fills: list[FillMark]
    is_cut: bool


def marks_between(
    feed: FeedView, instrument: str, accounts: Collection[AccountView], from_at: datetime, to_at: datetime
) -> Marks:
    """What happened meanwhile, to the feed and to these accounts, which must be visible to whoever asks. Blocking."""
    names = {venue.code: venue.name for venue in feed.venues}
    labels = {account.id: account.label for account in accounts}
    switches = switches_between(feed.name, instrument, from_at, to_at, MOST)
    gaps = gaps_between(names, instrument, from_at, to_at, MOST)
    fills = fills_between(labels, symbol_of(instrument), from_at, to_at, MOST)
    return Marks(
        [switch_line(each, names) for each in joined(switches)],
        [_gap_mark(each, names[each.venue]) for each in gaps],
        [_fill_mark(each, labels[each.account]) for each in fills],
        MOST in (len(switches), len(gaps), len(fills)),
    )


def _gap_mark(gap: GapView, venue: str) -> GapMark:
    return GapMark(venue, gap.after_at, gap.before_at, gap.status, gap.filled, gap.note or gap.reason)


def _fill_mark(fill: FillView, account: str) -> FillMark:
    return FillMark(fill.filled_at, account, fill.side, plain(fill.price), plain(fill.size))
