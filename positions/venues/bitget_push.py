"""A push of a channel, taken out of its envelope, and what its rows have in common in all generations."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple, TypeVar

from msgspec import UNSET, UnsetType

from feeds.errors import BadFrame
from positions.types import AccountNews, MarketNews, ToldText
from positions.venues.bitget_fields import COIN_CHARACTERS, Fields
from positions.venues.bitget_words import POSITION_SIDES, SIDES
from positions.words import OrderKind, OrderSide, PositionSide

T = TypeVar("T")

DEFAULT: Final = "default"


class Push(NamedTuple):
    """`symbol` and `product` are the argument's, the symbol "" where it is about all; the rows are as they came."""

    product: str
    symbol: str
    is_snapshot: bool
    rows: list[Any]
    told_at: datetime | None

    @property
    def is_whole(self) -> bool:
        """A snapshot of all there is, not of one symbol."""
        return self.is_snapshot and not self.symbol

    def fields(self) -> Iterator[Fields]:
        return map(Fields, self.rows)


Reader = Callable[[Push], AccountNews | MarketNews]


def position_side(fields: Fields, *names: str) -> PositionSide:
    """The side of a position, which has to be there."""
    side = fields.word(POSITION_SIDES, *names)
    if isinstance(side, UnsetType):
        raise BadFrame("side", fields.raw)
    return side


def trade_side(fields: Fields, *names: str) -> OrderSide:
    """The side of a trade, which has to be there."""
    side = fields.word(SIDES, *names)
    if isinstance(side, UnsetType):
        raise BadFrame("side", fields.raw)
    return side


def side_of_order(fields: Fields, *names: str) -> PositionSide | None | UnsetType:
    """The position that it is for. None is "net": in one-way mode there is but one."""
    text = fields.text(*names)
    return POSITION_SIDES.get(text.lower()) if isinstance(text, str) else text


def symbol_of_order(fields: Fields, symbol: str, *names: str) -> ToldText:
    """Orders on margin do not name it; their argument does."""
    own = fields.text(*names)
    return own.upper() if isinstance(own, str) else symbol.upper() or UNSET


def kind_of_order(fields: Fields, words: Mapping[str, OrderKind], name: str) -> OrderKind | UnsetType:
    """OTHER for a word that we do not know, which stays in `raw`."""
    kind = fields.word(words, name)
    return OrderKind.OTHER if isinstance(kind, UnsetType) and fields.raw.get(name) else kind


def fee_of(fields: Fields, name: str) -> tuple[Decimal | None, str | None]:
    """What a fill cost, in the venue's sign, and in which coin: the first of its details."""
    for detail in fields.rows("feeDetail"):
        return told(detail.number(name)), told(detail.text("feeCoin", at_most=COIN_CHARACTERS))
    return None, None


def negated(number: Decimal | None) -> Decimal | None:
    return None if number is None else -number


def told(value: T | None | UnsetType) -> T | None:
    """None for what is not there as well."""
    return None if isinstance(value, UnsetType) else value
