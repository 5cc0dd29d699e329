"""The envelope of BitGet's frames, which is the same in all generations: answers, pushes and the bare pong."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from feeds.errors import BadFrame
from feeds.venues.base import EXCERPT_CHARACTERS, UNREADABLE, Frame, RawJSON
from positions.types import AccountEvent, LoggedIn, Pong, Refused, Subscribed
from positions.venues import bitget_v1, bitget_v2, bitget_v3
from positions.venues.bitget_codes import OK
from positions.venues.bitget_fields import as_time, decode_rows
from positions.venues.bitget_push import DEFAULT, Push, Reader

# Kinds of products that only the first generation had.
_OLD_PRODUCTS: Final = frozenset({"SP", "MC", "SPBL", "UMCBL", "DMCBL", "CMCBL", "SUMCBL", "SDMCBL", "SCMCBL"})
# A refusal of the unified world names its argument nowhere but in the text.
_find_topic: Final = re.compile(r'"topic":"([A-Za-z0-9-]{1,40})"').search
_find_symbol: Final = re.compile(r'"symbol":"([^"]{1,40})"').search


class _Head(msgspec.Struct):
    """Codes and times are numbers or text. A push without its data is none: it must not pass for an empty one."""

    event: str = ""
    action: str = ""
    arg: dict[str, Any] | None = None
    code: str | int | None = None
    msg: str | None = None
    ts: str | int | None = None
    data: RawJSON = RawJSON(b"")


_head: Final = msgspec.json.Decoder(_Head).decode


def parse(frame: Frame, is_wanted: Callable[[object], bool] = lambda row: True) -> list[AccountEvent]:
    """What the frame says in the rows that are wanted. BadFrame for what breaks the shape.

    Channels that we never ask for say nothing.
    """
    try:
        return _read(frame, is_wanted)
    except BadFrame:
        raise
    except UNREADABLE as error:
        raise BadFrame("json", frame[:EXCERPT_CHARACTERS]) from error


def key_of(argument: Mapping[str, Any]) -> str:
    """The name by which the venue's answer to a request is known: its channel, and its symbol where it has one."""
    channel, symbol = _channel(argument), _symbol(argument)
    return f"{channel} {symbol}" if symbol else channel


def _read(frame: Frame, is_wanted: Callable[[object], bool]) -> list[AccountEvent]:
    if frame in ("pong", b"pong"):
        return [Pong()]
    head = _head(frame)
    argument = head.arg or {}
    if head.event:
        return _answer(head, argument)
    reader = _readers(argument).get(_channel(argument))
    return [reader(_push(head, argument, is_wanted))] if reader else []


def _answer(head: _Head, argument: dict[str, Any]) -> list[AccountEvent]:
    code = "" if head.code is None else str(head.code)
    if head.event == "error" or code not in OK:
        return [Refused(code, head.msg or "", key_of(argument) or _named_in(head.msg or ""))]
    match head.event:
        case "login":
            return [LoggedIn()]
        case "subscribe":
            return [Subscribed(key_of(argument))]
    return []


def _named_in(text: str) -> str:
    topic, symbol = _find_topic(text), _find_symbol(text)
    return key_of({"topic": topic[1], "symbol": symbol[1] if symbol else ""}) if topic else ""


def _push(head: _Head, argument: dict[str, Any], is_wanted: Callable[[object], bool]) -> Push:
    """What remains of a snapshot when rows are left out is none any more."""
    rows = decode_rows(head.data)
    wanted = [row for row in rows if is_wanted(row)]
    is_snapshot = head.action == "snapshot" and len(wanted) == len(rows)
    told_at = None if head.ts in (None, "") else as_time(str(head.ts))
    return Push(_product(argument), _symbol(argument), is_snapshot, wanted, told_at)


def _readers(argument: dict[str, Any]) -> Mapping[str, Reader]:
    if "topic" in argument:
        return bitget_v3.CHANNELS
    return bitget_v1.CHANNELS if _product(argument) in _OLD_PRODUCTS else bitget_v2.CHANNELS


def _product(argument: Mapping[str, Any]) -> str:
    return str(argument.get("instType") or "").upper()


def _channel(argument: Mapping[str, Any]) -> str:
    return str(argument.get("topic") or argument.get("channel") or "")


def _symbol(argument: Mapping[str, Any]) -> str:
    """Empty where it is about all of them."""
    symbol = str(argument.get("symbol") or argument.get("instId") or "")
    return "" if symbol == DEFAULT else symbol
