"""BitGet's answers over REST and single rows, read without knowing what was asked: for recordings only.

A row is known by members that no other kind of row has. What a line follows is read by who asked for it.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from feeds.errors import BadFrame
from feeds.venues.base import EXCERPT_CHARACTERS, UNREADABLE, Frame
from positions.types import AccountEvent, Balances, ClosedPositions, Fills, Orders, Positions, Refused
from positions.venues import bitget_v1, bitget_v2, bitget_v2_orders, bitget_v3
from positions.venues.bitget_codes import OK
from positions.venues.bitget_fields import Fields, decode_any
from positions.venues.bitget_frames import parse

# The first whose members are all there: an order that was filled has all those of a fill.
_KINDS: Final[tuple[tuple[tuple[str, ...], Callable[[Fields], AccountEvent]], ...]] = (
    (("ordId",), lambda f: Orders((bitget_v1.read_order(f),))),
    (("orderId", "planType"), lambda f: Orders((bitget_v2_orders.read_trigger(f),))),
    (("orderId", "orderStatus"), lambda f: Orders((bitget_v3.read_order(f),))),
    (("orderId", "qty"), lambda f: Orders((bitget_v3.read_strategy(f),))),
    (("orderId", "state", "filledQty"), lambda f: Orders((bitget_v1.read_order(f),))),
    (("orderId", "state"), lambda f: Orders((bitget_v2_orders.read_order(f),))),
    (("orderId", "status"), lambda f: Orders((bitget_v2_orders.read_order(f),))),
    (("orderId", "execId"), lambda f: Fills((bitget_v3.read_fill(f),))),
    (("orderId", "tradeId"), lambda f: Fills((bitget_v2_orders.read_fill(f),))),
    (("closePriceAvg",), lambda f: ClosedPositions((bitget_v2.read_closed(f),))),
    (("closeAvgPrice",), lambda f: ClosedPositions((bitget_v2.read_closed(f),))),
    (("holdSide", "averageOpenPrice"), lambda f: Positions((bitget_v1.read_position(f),), is_whole=False)),
    (("holdSide", "total"), lambda f: Positions((bitget_v2.read_position(f),), is_whole=False)),
    (("posSide", "avgPrice"), lambda f: Positions((bitget_v3.read_position(f),), is_whole=False)),
    (("effEquity",), lambda f: Balances(tuple(bitget_v3.read_account(f)))),
    (("marginCoin", "available"), lambda f: Balances((bitget_v2.read_balance(f),))),
    (("coin", "available"), lambda f: Balances((bitget_v2.read_balance(f),))),
)
_LISTS: Final = ("entrustedList", "fillList", "orderList", "list")


def read_any(frame: Frame) -> list[AccountEvent]:
    """What a line of a recording says: a frame, an answer over REST, or a row. BadFrame where it breaks its shape."""
    content = _object(frame)
    if content is None or content.keys() & {"event", "arg"}:
        return parse(frame)
    if "code" not in content:
        return list(_read_row(content))
    if str(content["code"]) not in OK:
        return [Refused(str(content["code"]), str(content.get("msg") or ""))]
    return [event for row in _rows(content.get("data")) for event in _read_row(row)]


def _object(frame: Frame) -> dict[str, Any] | None:
    """None for what is no object, such as the bare pong."""
    if frame in ("pong", b"pong"):
        return None
    try:
        content = decode_any(frame)
    except UNREADABLE as error:
        raise BadFrame("json", frame[:EXCERPT_CHARACTERS]) from error
    return content if isinstance(content, dict) else None


def _rows(data: object) -> list[Any]:
    """The rows of the first list that we know, else the object itself is one."""
    rows = next((data[name] or [] for name in _LISTS if name in data), [data]) if isinstance(data, dict) else data
    return rows if isinstance(rows, list) else []


def _read_row(row: Any) -> Iterator[AccountEvent]:
    fields = Fields(row)
    for members, read in _KINDS:
        if fields.raw.keys() >= set(members):
            yield read(fields)
            return
