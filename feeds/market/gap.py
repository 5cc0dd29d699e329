"""A hole in a symbol's trades, and how pages of trades from its venue fill it. Pure.

A page says what of the gap is still missing after it, so that the next question is one about a smaller gap. Pages
overlap where a venue can only be asked by time: what was there before is left out by its id.
"""

from datetime import datetime
from typing import NamedTuple

from feeds.decimals import parse_whole
from feeds.types import Trade


class Mark(NamedTuple):
    """A trade that we have: a gap begins or ends beside it."""

    trade_id: str
    traded_at: datetime


def by_time(mark: Mark) -> tuple[datetime, int, str]:
    """An order for marks whose ids need not tell one: of one moment the lower id is first, if ids are numbers."""
    return mark.traded_at, len(mark.trade_id), mark.trade_id


class Gap(NamedTuple):
    """What is missing of a symbol, strictly between two trades; without `before` up to the newest one."""

    symbol: str
    after: Mark
    before: Mark | None = None


class Hole(NamedTuple):
    """Trades may be missing, strictly between two: none where they are the same one. Without `before` it goes on."""

    venue: str
    instrument: str
    after: Mark
    before: Mark | None
    reason: str
    is_wanted: bool = True


class Page(NamedTuple):
    """Trades of a gap, oldest first; what of it is missing still; and whether to ask again for that helps.

    `is_cut`: the answer was as long as answers are, so that there may be more of what was asked for.
    """

    trades: list[Trade]
    missing: Gap | None = None
    has_more: bool = False
    is_cut: bool = False


def read_forward(gap: Gap, rows: list[Trade], most: int) -> Page:
    """From the gap's beginning on. A page of fewer than `most` rows is the last one."""
    rows = sorted(rows, key=_number)
    inside = [row for row in rows if _is_inside(gap, row)]
    if len(rows) < most or _is_past(gap, rows[-1]):
        return Page(inside)
    # A full page with nothing new in it would be the same one for ever.
    missing = gap._replace(after=_mark(inside[-1])) if inside else gap
    return Page(inside, missing, has_more=bool(inside), is_cut=True)


def read_backward(gap: Gap, rows: list[Trade], most: int) -> Page:
    """From the gap's end back. What the venue does not reach back to stays missing."""
    rows = sorted(rows, key=_number)
    inside = [row for row in rows if _is_inside(gap, row)]
    if rows and _number(rows[0]) <= parse_whole(gap.after.trade_id):
        return Page(inside)
    missing = gap._replace(before=_mark(inside[0])) if inside else gap
    is_cut = len(rows) >= most
    return Page(inside, missing, has_more=bool(inside) and is_cut, is_cut=is_cut)


def read_tail(gap: Gap, rows: list[Trade]) -> Page:
    """The newest trades, oldest first, and nothing before them. Ids of these venues do not tell what came first.

    A mark that is not among them is placed by its time: what is of the same moment comes too.
    """
    ids = [row.trade_id for row in rows]
    start, end = 0, len(rows)
    if gap.after.trade_id in ids:
        start = ids.index(gap.after.trade_id) + 1
    if gap.before and gap.before.trade_id in ids:
        end = ids.index(gap.before.trade_id)
    inside = [row for row in rows[start:end] if _is_between_times(gap, row)]
    if start or (rows and rows[0].traded_at < gap.after.traded_at):
        return Page(inside)
    return Page(inside, gap._replace(before=_mark(inside[0])) if inside else gap)


def read_past(gap: Gap, trades: list[Trade], place: Mark, is_backward: bool) -> Page:
    """What one page of a longer reading, which went on from `place`, fills of a gap inside of what is read.

    Only what joins on to the edge of the gap that is read first: an answer without that trade, or one that did not go
    on from it, may have left out others too.
    """
    ids = [trade.trade_id for trade in trades]
    after_id, before_id = gap.after.trade_id, gap.before.trade_id if gap.before else ""
    near, far = (before_id, after_id) if is_backward else (after_id, before_id)
    if near not in (place.trade_id, *ids):
        return Page([], gap)
    start = ids.index(after_id) + 1 if after_id in ids else 0
    inside = trades[start : ids.index(before_id) if before_id in ids else None]
    if far in ids:
        return Page(inside)
    if not inside:
        return Page([], gap)
    missing = gap._replace(before=_mark(inside[0])) if is_backward else gap._replace(after=_mark(inside[-1]))
    return Page(inside, missing)


def _mark(trade: Trade) -> Mark:
    return Mark(trade.trade_id, trade.traded_at)


def _number(trade: Trade) -> int:
    return parse_whole(trade.trade_id)


def _is_inside(gap: Gap, trade: Trade) -> bool:
    return _number(trade) > parse_whole(gap.after.trade_id) and not _is_past(gap, trade)


def _is_past(gap: Gap, trade: Trade) -> bool:
    return gap.before is not None and _number(trade) >= parse_whole(gap.before.trade_id)


def _is_between_times(gap: Gap, trade: Trade) -> bool:
    return gap.after.traded_at <= trade.traded_at and not (gap.before and trade.traded_at > gap.before.traded_at)
