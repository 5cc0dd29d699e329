"""Binance spot. https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md

A combined stream wraps each payload: {"stream": "btcusdt@trade", "data": {...}}. A raw one sends it bare.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from feeds.decimals import parse_decimal
from feeds.pace import Rate
from feeds.types import Event, Notice, Quote, Refused, Side, Subscribed, Trade, time_from_ms
from feeds.venues.base import Frame, RawJSON, Request, TradeNumber, Venue, decode, encode
from feeds.venues.binance_rest import BinanceRest

# On one connection. What is beyond them is asked for apart: the venue refuses that alone.
MAX_STREAMS = 1024


class _Head(msgspec.Struct):
    """What tells the frames apart. `e` is the event type; errors have `code` and `msg`, acks `result` and `id`."""

    stream: str = ""
    data: RawJSON | msgspec.UnsetType = msgspec.UNSET
    e: str = ""
    result: RawJSON | msgspec.UnsetType = msgspec.UNSET
    id: int | str | None = None
    code: int | None = None
    msg: str = ""


class _Trade(msgspec.Struct):
    s: str
    t: TradeNumber
    p: str
    q: str
    T: int
    m: bool


class _AggregateTrade(msgspec.Struct):
    """Fills of one taker order at one price. `a` is an id of its own kind, never mixed with trade ids."""

    s: str
    a: TradeNumber
    p: str
    q: str
    T: int
    m: bool


class _BookTicker(msgspec.Struct):
    """Best bid and ask: the one payload without event type and time."""

    u: int
    s: str
    b: str
    B: str
    a: str
    A: str


_head = msgspec.json.Decoder(_Head)
_trade = msgspec.json.Decoder(_Trade)
_aggregate = msgspec.json.Decoder(_AggregateTrade)
_ticker = msgspec.json.Decoder(_BookTicker)


class Binance(Venue):
    code = "binance"
    name = "Binance"
    default_priority = 1
    rest = BinanceRest()
    urls = (
        "wss://stream.binance.com:9443/stream",
        "wss://stream.binance.com:443/stream",
        "wss://data-stream.binance.vision/stream",
    )
    connects = Rate(300, 300.0)
    # Pongs count, and the sixth closes the connection.
    messages = Rate(5, 1.0)
    life_after = 24 * 3600.0

    def symbol(self, base: str, quote: str) -> str:
        return f"{base}{quote}".upper()

    def subscribe(self, symbols: Iterable[str], now: datetime) -> list[Request]:
        # One message for all: a connection may send five a second, pongs count, and no symbol is ever refused.
        streams = [f"{symbol.lower()}@{kind}" for symbol in symbols for kind in ("trade", "bookTicker")]
        chunks = [streams[i : i + MAX_STREAMS] for i in range(0, len(streams), MAX_STREAMS)]
        return [
            Request(str(number), encode({"method": "SUBSCRIBE", "params": chunk, "id": number}))
            for number, chunk in enumerate(chunks, 1)
        ]

    def parse(self, frame: Frame) -> list[Event]:
        head = decode(_head, frame)
        if head.stream:
            return _read(head.stream.rpartition("@")[2].lstrip("!"), head.data or RawJSON(b""))
        if head.code is not None:
            return [Refused("" if head.id is None else str(head.id), head.msg)]
        if head.result is not msgspec.UNSET:
            return [Subscribed(str(head.id))]
        return _read(head.e or "bookTicker", frame)


def _read(kind: str, payload: Frame | RawJSON) -> list[Event]:
    match kind:
        case "trade":
            trade = decode(_trade, payload)
            return [_as_trade(trade, trade.t)]
        case "aggTrade":
            aggregate = decode(_aggregate, payload)
            return [_as_trade(aggregate, aggregate.a)]
        case "bookTicker":
            return [_as_quote(decode(_ticker, payload))]
        case "serverShutdown":
            return [Notice("the server announces its shutdown", is_closing=True)]
    return []


def _as_trade(row: _Trade | _AggregateTrade, trade_id: int) -> Trade:
    # m: the buyer was the maker, so the taker sold.
    side = Side.SELL if row.m else Side.BUY
    return Trade(row.s, str(trade_id), parse_decimal(row.p), parse_decimal(row.q), side, time_from_ms(row.T))


def _as_quote(row: _BookTicker) -> Quote:
    bid, bid_size, ask, ask_size = map(parse_decimal, (row.b, row.B, row.a, row.A))
    return Quote(row.s, bid, bid_size, ask, ask_size)
