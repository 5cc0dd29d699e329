"""The open positions, as the messages about them leave them. Pure.

A whole message is the set of all that is open, and what is missing in it is closed; it still says nothing of a field
that it leaves out. Of a position that changed, what is older than what is known is ignored.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

import msgspec
from msgspec import UNSET

from positions.book.change import ChangeKind, PositionChanged, Source
from positions.book.merge import is_before, merged
from positions.types import Position, Positions
from positions.words import PositionMode, PositionSide


class Key(NamedTuple):
    """What tells a holding from all others (bitget.com, all-position). `margin_mode` is "" where nobody told it."""

    symbol: str
    side: PositionSide
    margin_mode: str = ""


# What people should see in the history. All else follows the price, the fees or the orders (bitget.com, positions
# channel: each order pushes the position twice, first with its size as it was).
TERMS: Final = ("entry_price", "leverage", "position_mode", "take_profit", "stop_loss")


def key_of(position: Position) -> Key:
    """In one-way mode long and short are two keys as well: a position that turns is closed, and another opened."""
    return Key(position.symbol, position.side, "" if position.margin_mode is UNSET else position.margin_mode)


class Holdings:
    """`pushed_at` is the venue's time of the stream's last whole word. That of a read does not count: it is the moment
    of its answer, and what it answers may be older.
    """

    def __init__(self) -> None:
        self.open: dict[Key, Position] = {}
        self.pushed_at: datetime | None = None
        # The venue's time of the last word about what is closed: an earlier one that comes late opens nothing.
        self._last_words_at: dict[Key, datetime] = {}

    def recall(self, positions: Iterable[Position]) -> None:
        """What was open when we last knew."""
        self.open = {key_of(position): position for position in positions}

    def interrupted(self) -> None:
        """Everything stays; the next session's first word counts, whatever its time."""
        self.pushed_at = None

    def key_for(self, said: Position) -> Key:
        """Without a margin mode it belongs to the one that is held of its symbol and side, if there is just one."""
        key = key_of(said)
        held = [each for each in self.open if each[:2] == key[:2]]
        return held[0] if not key.margin_mode and len(held) == 1 else key

    def hear(self, event: Positions, source: Source, now: datetime) -> list[PositionChanged]:
        if not event.is_whole:
            return [change for said in event.positions for change in self._hear_one(said, None, source, now)]
        if is_before(event.told_at, self.pushed_at):
            return []
        if source is Source.STREAM:
            self.pushed_at = event.told_at or self.pushed_at
        changes = [self._close(known, known, source, event.told_at or now) for known in self._missing(event)]
        for said in event.positions:
            changes += self._hear_one(said, event.told_at, source, now)
        return changes

    def _missing(self, event: Positions) -> list[Position]:
        """What opened after it was told is not missing in it."""
        listed = set(map(self.key_for, event.positions))
        missing = [known for key, known in self.open.items() if key not in listed]
        return [known for known in missing if not is_before(event.told_at, known.updated_at)]

    def _hear_one(
        self, said: Position, whole_at: datetime | None, source: Source, now: datetime
    ) -> list[PositionChanged]:
        known = self.open.get(self.key_for(said))
        if self._is_late(said, known, whole_at):
            return []
        # An empty size says nothing, least of all zero.
        said = msgspec.structs.replace(said, size=UNSET) if said.size is None else said
        after = merged(known, said) if known else said
        at = said.updated_at if isinstance(said.updated_at, datetime) else whole_at or now
        if not isinstance(after.size, Decimal):
            return []
        if not after.size:
            self._remember(after)
            return [self._close(known, after, source, at)] if known else []
        changes = [self._close(each, each, source, at) for each in self._displaced(after)]
        self.open[key_of(after)] = after
        if after != known:
            changes.append(PositionChanged(known, after, _kind(known, after), source, at))
        return changes

    def _is_late(self, said: Position, known: Position | None, whole_at: datetime | None) -> bool:
        """A whole message is as old as itself where it tells of what we hold for closed."""
        if known is not None:
            return is_before(said.updated_at, known.updated_at)
        last_at, said_at = self._last_words_at.get(key_of(said)), whole_at or said.updated_at
        return last_at is not None and isinstance(said_at, datetime) and said_at <= last_at

    def _displaced(self, after: Position) -> list[Position]:
        """In one-way mode a symbol has one side: what opens on it closes the other. What is held without a margin mode
        was this one, whose mode is told now.
        """
        key = key_of(after)
        beside = [held for each, held in self.open.items() if each != key and each.symbol == key.symbol]
        is_one_way = after.position_mode is PositionMode.ONE_WAY
        turned = [held for held in beside if is_one_way and held.side is not key.side]
        return turned + [held for held in beside if held.side is key.side and held.margin_mode is UNSET]

    def _close(self, known: Position, last: Position, source: Source, at: datetime) -> PositionChanged:
        self._remember(last)
        del self.open[key_of(known)]
        return PositionChanged(known, None, ChangeKind.CLOSED, source, at)

    def _remember(self, last: Position) -> None:
        if isinstance(last.updated_at, datetime):
            self._last_words_at[key_of(last)] = last.updated_at


def _kind(before: Position | None, after: Position) -> ChangeKind:
    if before is None:
        return ChangeKind.OPENED
    if isinstance(before.size, Decimal) and isinstance(after.size, Decimal) and before.size != after.size:
        return ChangeKind.INCREASED if after.size > before.size else ChangeKind.REDUCED
    is_changed = any(getattr(before, term) != getattr(after, term) for term in TERMS)
    return ChangeKind.CHANGED if is_changed else ChangeKind.MOVED
