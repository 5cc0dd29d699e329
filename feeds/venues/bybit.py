"""Bybit spot, V5. https://bybit-exchange.github.io/docs/v5/ws/connect

Every trade frame says type "snapshot"; they are live all the same.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import msgspec

from feeds.decimals import parse_decimal
from feeds.pace import Rate
from feeds.types import Event, Pong, Quote, Refused, Side, Subscribed, Trade, time_from_ms
from feeds.venues.base import Frame, RawJSON, Request, TradeId, Venue, decode, encode
from feeds.venues.bybit_rest import BybitRest

# The venue repeats our `req_id`; the topic stands only in the text of a refusal.
_find_symbol = re.compile(r"\b(?:publicTrade|orderbook\.1)\.([A-Z0-9]+)\b").search


class _Head(msgspec.Struct):
    topic: str = ""
    ts: int = 0
    data: RawJSON = RawJSON(b"")
    op: str = ""
    req_id: str = ""
    success: bool | None = None
    ret_msg: str = ""


class _Trade(msgspec.Struct):
    s: str
    i: TradeId
    p: str
    v: str
    S: Literal["Buy", "Sell"]
    T: int


class _Book(msgspec.Struct):
    """One level of each side; a side that is empty has no best price."""

    s: str
    b: list[tuple[str, str]]
    a: list[tuple[str, str]]


_head = msgspec.json.Decoder(_Head)
_trades = msgspec.json.Decoder(list[_Trade])
_book = msgspec.json.Decoder(_Book)


class Bybit(Venue):
    code = "bybit"
    name = "Bybit"
    default_priority = 3
    rest = BybitRest()
    urls = ("wss://stream.bybit.com/v5/public/spot",)
    # Who has an account at a regional site uses that site's host.
    other_hosts = (
        *("stream.bybit.tr", "stream.bybit.id", "stream.bybit.kz", "stream.bybit.eu"),
        *("stream.bybitgeorgia.ge", "stream.manepa.jp"),
    )
    connects = Rate(500, 300.0)
    ping_every = 20.0
    has_rising_ids = False

    def symbol(self, base: str, quote: str) -> str:
        return f"{base}{quote}".upper()

    def subscribe(self, symbols: Iterable[str], now: datetime) -> list[Request]:
        # One answer is for the whole list, of at most ten: a bad symbol would take the others with it.
        return [_request(symbol) for symbol in symbols]

    def ping(self, now: datetime) -> str:
        return '{"op":"ping"}'

    def parse(self, frame: Frame) -> list[Event]:
        head = decode(_head, frame)
        if head.topic.startswith("publicTrade."):
            return [_as_trade(row) for row in decode(_trades, head.data)]
        if head.topic.startswith("orderbook.1."):
            return _as_quotes(decode(_book, head.data), head.ts)
        if head.success is False:
            found = _find_symbol(head.ret_msg)
            return [Refused(head.req_id, head.ret_msg, found[1] if found else "")]
        if head.op == "subscribe":
            return [Subscribed(head.req_id)]
        # The spot socket answers a ping with op "ping", others with "pong".
        return [Pong()] if head.op in ("ping", "pong") else []


def _request(symbol: str) -> Request:
    topics = [f"publicTrade.{symbol}", f"orderbook.1.{symbol}"]
    return Request(symbol, encode({"req_id": symbol, "op": "subscribe", "args": topics}), symbol)


def _as_trade(row: _Trade) -> Trade:
    side = Side.BUY if row.S == "Buy" else Side.SELL
    return Trade(row.s, row.i, parse_decimal(row.p), parse_decimal(row.v), side, time_from_ms(row.T))


def _as_quotes(book: _Book, ts: int) -> list[Event]:
    if not (book.b and book.a):
        return []
    bid, bid_size, ask, ask_size = map(parse_decimal, (*book.b[0], *book.a[0]))
    return [Quote(book.s, bid, bid_size, ask, ask_size, time_from_ms(ts))]
