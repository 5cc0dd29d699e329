"""The envelope of BitGet's frames, which is the same in all generations: answers, pushes and the bare pong."""

import re
from collections.abc import Mapping
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
    """Codes and times are numbers or text."""

    event: str = ""
    action: str = ""
    arg: dict[str, Any] | None = None
    code: str | int | None = None
    msg: str | None = None
    ts: str | int | None = None
    data: RawJSON = RawJSON(b"[]")


_head: Final = msgspec.json.Decoder(_Head).decode


def parse(frame: Frame) -> list[AccountEvent]:
    """Everything that the frame says; what we did not ask for is nothing. BadFrame for what breaks the shape."""
    try:
        return _read(frame)
    except BadFrame:
        raise
    except UNREADABLE as error:
        raise BadFrame("json", frame[:EXCERPT_CHARACTERS]) from error


def key_of(argument: Mapping[str, Any]) -> str:
    """The name by which the venue's answer to a request is known: its channel, and its symbol where it has one."""
    channel, symbol = _channel(argument), _symbol(argument)
    return f"{channel} {symbol}" if symbol else channel


def _read(frame: Frame) -> list[AccountEvent]:
    if frame in ("pong", b"pong"):
        return [Pong()]
    head = _head(frame)
    argument = head.arg or {}
    if head.event:
        return _answer(head, argument)
    reader = _readers(argument).get(_channel(argument))
    return [reader(_push(head, argument))] if reader else []


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


def _push(head: _Head, argument: dict[str, Any]) -> Push:
    told_at = None if head.ts in (None, "") else as_time(str(head.ts))
    product = str(argument.get("instType", "")).upper()
    return Push(product, _symbol(argument), head.action == "snapshot", decode_rows(head.data), told_at)


def _readers(argument: dict[str, Any]) -> Mapping[str, Reader]:
    if "topic" in argument:
        return bitget_v3.CHANNELS
    is_old = str(argument.get("instType", "")).upper() in _OLD_PRODUCTS
    return bitget_v1.CHANNELS if is_old else bitget_v2.CHANNELS


def _channel(argument: Mapping[str, Any]) -> str:
    return str(argument.get("topic") or argument.get("channel") or "")


def _symbol(argument: Mapping[str, Any]) -> str:
    """ "" where it is about all of them."""
    symbol = str(argument.get("symbol") or argument.get("instId") or "")
    return "" if symbol == DEFAULT else symbol
