"""Bybit spot, V5. https://bybit-exchange.github.io/docs/v5/ws/connect

Every trade frame says type "snapshot"; they are live all the same.
"""

import re
from datetime import datetime
from typing import Literal

import msgspec

from feeds.pace import Rate
from feeds.types import Event, Pong, Refused, Side, Subscribed, as_quote, as_trade, time_from_ms
from feeds.venues.base import Frame, RawJSON, Request, Row, TradeId, Venue, encode
from feeds.venues.bybit_rest import BybitRest

_SIDES = {"Buy": Side.BUY, "Sell": Side.SELL}
# The topic stands only in the text of a refusal.
_find_symbol = re.compile(r"\b(?:publicTrade|orderbook\.1)\.([A-Z0-9]+)\b").search


class _Head(Row):
    topic: str = ""
    ts: int = 0
    data: RawJSON = RawJSON(b"")
    op: str = ""
    req_id: str = ""
    success: bool | None = None
    ret_msg: str = ""


class _Trade(Row):
    s: str
    i: TradeId
    p: str
    v: str
    S: Literal["Buy", "Sell"]
    T: int


class _Book(Row):
    """One level of each side; a side that is empty has no best price."""

    s: str
    b: list[tuple[str, str]]
    a: list[tuple[str, str]]


_head = msgspec.json.Decoder(_Head).decode
_trades = msgspec.json.Decoder(list[_Trade]).decode
_book = msgspec.json.Decoder(_Book).decode


class Bybit(Venue):
    code = "bybit"
    name = "Bybit"
    default_priority = 3
    rest = BybitRest()
    urls = ("wss://stream.bybit.com/v5/public/spot",)
    # Who has an account at a regional site uses that site's host.
    other_hosts = tuple(
        f"stream.{site}" for site in ("bybit.tr", "bybit.id", "bybit.kz", "bybitgeorgia.ge", "manepa.jp")
    )
    connects = Rate(500, 300.0)
    ping_every = 20.0
    ping_text = '{"op":"ping"}'
    channels = ("publicTrade", "orderbook.1")
    has_rising_ids = False

    def request(self, channel: str, symbol: str, now: datetime) -> Request:
        # One answer is for the whole list of topics: a bad one would take the others with it.
        topic = f"{channel}.{symbol}"
        return Request(topic, encode({"req_id": topic, "op": "subscribe", "args": [topic]}), symbol)

    def read(self, frame: Frame) -> list[Event]:
        head = _head(frame)
        if head.topic.startswith("publicTrade."):
            return [as_trade(t.s, t.i, t.p, t.v, _SIDES[t.S], time_from_ms(t.T)) for t in _trades(head.data)]
        if head.topic.startswith("orderbook.1."):
            book = _book(head.data)
            return [as_quote(book.s, *book.b[0], *book.a[0], time_from_ms(head.ts))] if book.b and book.a else []
        return _answer(head)


def _answer(head: _Head) -> list[Event]:
    if head.success is False:
        found = _find_symbol(head.ret_msg)
        return [Refused(head.req_id, head.ret_msg, found[1] if found else "")]
    if head.op == "subscribe":
        return [Subscribed(head.req_id)]
    # The spot socket answers a ping with op "ping", others with "pong".
    return [Pong()] if head.op in ("ping", "pong") else []
