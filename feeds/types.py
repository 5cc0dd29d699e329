"""What a venue can say, as plain immutable values. Prices and sizes are exact, times are aware UTC."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import msgspec

from feeds.decimals import EXCERPT_CHARACTERS, are_four_plain, are_two_plain, parse_whole
from feeds.errors import BadFrame

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MILLISECOND = timedelta(milliseconds=1)


class Side(StrEnum):
    """What the taker did."""

    BUY = "buy"
    SELL = "sell"


class Trade(msgspec.Struct, frozen=True, gc=False):
    """One execution, as the venue reports it. `size` counts the base currency.

    `count`: so many ids in a row it stands for, where a venue groups what one taker order did; the last is `trade_id`.
    """

    symbol: str
    trade_id: str
    price: Decimal
    size: Decimal
    side: Side
    traded_at: datetime
    count: int = 1


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
    """The venue refused the request with this key, or what we asked of this symbol ("" where it does not say)."""

    key: str
    text: str
    symbol: str = ""


class Reply(msgspec.Struct, frozen=True, gc=False):
    """The venue wants this text back at once: its own kind of ping."""

    text: str


class Welcome(msgspec.Struct, frozen=True, gc=False):
    """The venue is ready to be asked; before that it would not listen."""


class Pong(msgspec.Struct, frozen=True, gc=False):
    """The venue answers our own kind of ping."""


class Notice(msgspec.Struct, frozen=True, gc=False):
    """The venue announces something. `is_closing`: it is about to close this connection."""

    text: str
    is_closing: bool = False


Event = Trade | Quote | Subscribed | Refused | Reply | Welcome | Pong | Notice


def as_trade(symbol: str, trade_id: str, price: str, size: str, side: Side, traded_at: datetime) -> Trade:
    """The trade with its numbers read. BadFrame where one is not a plain decimal."""
    if are_two_plain(numbers := f"{price} {size}") is None:
        raise BadFrame("decimal", numbers[:EXCERPT_CHARACTERS])
    return Trade(symbol, trade_id, Decimal(price), Decimal(size), side, traded_at)


def as_quote(symbol: str, bid: str, bid_size: str, ask: str, ask_size: str, quoted_at: datetime | None = None) -> Quote:
    """The quote with its numbers read. BadFrame where one is not a plain decimal."""
    if are_four_plain(numbers := f"{bid} {bid_size} {ask} {ask_size}") is None:
        raise BadFrame("decimal", numbers[:EXCERPT_CHARACTERS])
    return Quote(symbol, Decimal(bid), Decimal(bid_size), Decimal(ask), Decimal(ask_size), quoted_at)


def time_from_ms(milliseconds: int) -> datetime:
    """The aware UTC time of whole milliseconds since 1970. BadFrame for a time beyond the calendar."""
    try:
        return _EPOCH + milliseconds * _MILLISECOND
    except OverflowError as error:
        raise BadFrame("time", milliseconds) from error


def time_from_ns(nanoseconds: int) -> datetime:
    """The same of nanoseconds; what is finer than a microsecond is cut."""
    return _after_epoch(nanoseconds // 1000)


def time_from_decimal_ms(text: str) -> datetime:
    """The same of decimal milliseconds such as "1606292218213.4578", without a detour through floats."""
    whole, point, fraction = text.partition(".")
    if not whole or (point and not fraction):
        raise BadFrame("time", text)
    return _after_epoch(parse_whole(whole + fraction) * 1000 // 10 ** len(fraction))


def time_from_text(text: str) -> datetime:
    """The aware UTC time of an RFC 3339 text; what is finer than a microsecond is cut."""
    try:
        moment = datetime.fromisoformat(text)
        # Without an offset it would be read in this machine's time zone.
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadFrame("time", text) from error
    raise BadFrame("time", text)


def _after_epoch(microseconds: int) -> datetime:
    try:
        return _EPOCH + microseconds * _MICROSECOND
    except OverflowError as error:
        raise BadFrame("time", microseconds) from error
