"""What a venue can say, as plain immutable values. Prices and sizes are exact, times are aware UTC."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import msgspec

from feeds.errors import BadFrame

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Side(StrEnum):
    """What the taker did."""

    BUY = "buy"
    SELL = "sell"


class Trade(msgspec.Struct, frozen=True, gc=False):
    """One execution, as the venue reports it. `size` counts the base currency."""

    symbol: str
    trade_id: str
    price: Decimal
    size: Decimal
    side: Side
    traded_at: datetime


class Quote(msgspec.Struct, frozen=True, gc=False):
    """Best bid and ask. `quoted_at` is None where the venue sends no time with them."""

    symbol: str
    bid: Decimal
    bid_size: Decimal
    ask: Decimal
    ask_size: Decimal
    quoted_at: datetime | None = None


class Subscribed(msgspec.Struct, frozen=True, gc=False):
    """The venue accepted the request with this key."""

    key: str


class Refused(msgspec.Struct, frozen=True, gc=False):
    """The venue refused the request with this key ("" where it does not say which)."""

    key: str
    text: str


class Reply(msgspec.Struct, frozen=True, gc=False):
    """The venue wants this text back at once: its own kind of ping."""

    text: str


class Notice(msgspec.Struct, frozen=True, gc=False):
    """The venue announces something about the connection, such as a planned shutdown."""

    text: str


Event = Trade | Quote | Subscribed | Refused | Reply | Notice


def time_from_ms(milliseconds: int) -> datetime:
    """The aware UTC time of whole milliseconds since 1970, without a detour through floats.

    BadFrame for a time beyond the calendar, such as one in nanoseconds.
    """
    try:
        return _EPOCH + milliseconds * _MILLISECOND
    except OverflowError as error:
        raise BadFrame("time", milliseconds) from error
