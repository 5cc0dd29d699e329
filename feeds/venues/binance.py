"""Binance spot. https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md

A combined stream wraps each payload: {"stream": "btcusdt@trade", "data": {...}}. A raw one sends it bare.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from feeds.pace import Rate
from feeds.types import Event, Notice, Refused, Side, Subscribed, as_quote, as_trade, time_from_ms
from feeds.venues.base import Frame, RawJSON, Request, Row, TradeNumber, Venue, encode
from feeds.venues.binance_rest import BinanceRest

# In one message. From about 8 kB on it is not answered: https://github.com/altangent/ccxws/issues/161
STREAMS_A_MESSAGE = 200
# By `m`: the buyer was the maker, so the taker sold.
_SIDES = {True: Side.SELL, False: Side.BUY}


class _Head(Row):
    """What tells the frames apart. `e` is the event type; errors have `code` and `msg`, acks `result` and `id`."""

    stream: str = ""
    data: RawJSON = RawJSON(b"")
    e: str = ""
    result: RawJSON | msgspec.UnsetType = msgspec.UNSET
    id: int | str | None = None
    code: int | None = None
    msg: str = ""


class _Trade(Row):
    s: str
    t: TradeNumber
    p: str
    q: str
    T: int
    m: bool


class _AggregateTrade(Row):
    """Fills of one taker order at one price. `a` is an id of its own kind, never mixed with trade ids."""

    s: str
    a: TradeNumber
    p: str
    q: str
    T: int
    m: bool


class _BookTicker(Row):
    """Best bid and ask: the one payload without event type and time."""

    u: int
    s: str
    b: str
    B: str
    a: str
    A: str


_head = msgspec.json.Decoder(_Head).decode
_trade = msgspec.json.Decoder(_Trade).decode
_aggregate = msgspec.json.Decoder(_AggregateTrade).decode
_ticker = msgspec.json.Decoder(_BookTicker).decode


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
    # 1024 streams, two for each.
    symbols_per_session = 500
    life_after = 24 * 3600.0
    channels = ("trade", "bookTicker")
    # `t`, in every capture; the page only says that it is the trade's id.
    has_consecutive_ids = True

    def subscribe(self, symbols: Iterable[str], now: datetime) -> list[Request]:
        # Few messages for all: a connection may send five a second, pongs count, and no symbol is ever refused.
        streams = [f"{symbol.lower()}@{kind}" for symbol in symbols for kind in self.channels]
        chunks = [streams[i : i + STREAMS_A_MESSAGE] for i in range(0, len(streams), STREAMS_A_MESSAGE)]
        return [
            Request(str(number), encode({"method": "SUBSCRIBE", "params": chunk, "id": number}))
            for number, chunk in enumerate(chunks, 1)
        ]

    def read(self, frame: Frame) -> list[Event]:
        head = _head(frame)
        if head.stream:
            return _said(head.stream.rpartition("@")[2], head.data)
        if head.code is not None:
            return [Refused("" if head.id is None else str(head.id), head.msg)]
        if head.result is not msgspec.UNSET:
            return [Subscribed(str(head.id))]
        return _said(head.e or "bookTicker", frame)


def _said(kind: str, payload: Frame | RawJSON) -> list[Event]:
    match kind:
        case "trade":
            row = _trade(payload)
            return [as_trade(row.s, str(row.t), row.p, row.q, _SIDES[row.m], time_from_ms(row.T))]
        case "aggTrade":
            group = _aggregate(payload)
            return [as_trade(group.s, str(group.a), group.p, group.q, _SIDES[group.m], time_from_ms(group.T))]
        case "bookTicker":
            best = _ticker(payload)
            return [as_quote(best.s, best.b, best.B, best.a, best.A)]
        case "serverShutdown" | "!serverShutdown":
            return [Notice("the server announces its shutdown", is_closing=True)]
    return []
