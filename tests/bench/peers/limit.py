"""The physical limit: one bare msgspec decode into typed structs. No Decimal, no datetime, no validation."""

import zlib
from collections.abc import Callable
from typing import Protocol

import msgspec

from tests.bench.worker import Frame, Order, Row, serve


class _Said(Protocol):
    def rows(self) -> list[Row]: ...


class _BinanceTrade(msgspec.Struct):
    s: str
    a: int
    p: str
    q: str
    T: int
    m: bool


class _BinanceTrades(msgspec.Struct):
    stream: str
    data: _BinanceTrade

    def rows(self) -> list[Row]:
        return [["trade", self.data.p, self.data.q, "sell" if self.data.m else "buy"]]


class _BinanceTicker(msgspec.Struct):
    s: str
    b: str
    B: str
    a: str
    A: str


class _BinanceQuotes(msgspec.Struct):
    stream: str
    data: _BinanceTicker

    def rows(self) -> list[Row]:
        return [["quote", self.data.b, self.data.a]]


class _KuCoinTrade(msgspec.Struct, rename="camel"):
    symbol: str
    trade_id: str
    price: str
    size: str
    side: str
    time: str


class _KuCoinTrades(msgspec.Struct):
    type: str
    topic: str
    data: _KuCoinTrade

    def rows(self) -> list[Row]:
        return [["trade", self.data.price, self.data.size, self.data.side]]


class _BybitTrade(msgspec.Struct):
    s: str
    i: str
    p: str
    v: str
    S: str
    T: int


class _BybitTrades(msgspec.Struct):
    topic: str
    data: list[_BybitTrade]

    def rows(self) -> list[Row]:
        return [["trade", row.p, row.v, row.S.lower()] for row in self.data]


class _OKXArgument(msgspec.Struct, rename="camel"):
    channel: str
    inst_id: str


class _OKXTrade(msgspec.Struct, rename="camel"):
    inst_id: str
    trade_id: str
    px: str
    sz: str
    side: str
    ts: str


class _OKXTrades(msgspec.Struct):
    arg: _OKXArgument
    data: list[_OKXTrade]

    def rows(self) -> list[Row]:
        return [["trade", row.px, row.sz, row.side] for row in self.data]


class _HTXTrade(msgspec.Struct, rename={"trade_id": "tradeId"}):
    ts: int
    trade_id: int
    price: float
    amount: float
    direction: str


class _HTXTick(msgspec.Struct):
    data: list[_HTXTrade]


class _HTXTrades(msgspec.Struct):
    ch: str
    tick: _HTXTick

    def rows(self) -> list[Row]:
        return [["trade", repr(row.price), repr(row.amount), row.direction] for row in self.tick.data]


class _KrakenTrade(msgspec.Struct):
    symbol: str
    side: str
    price: float
    qty: float
    trade_id: int
    timestamp: str


class _KrakenTrades(msgspec.Struct):
    channel: str
    data: list[_KrakenTrade]

    def rows(self) -> list[Row]:
        return [["trade", repr(row.price), repr(row.qty), row.side] for row in self.data]


class _GateTrade(msgspec.Struct):
    id: int
    currency_pair: str
    price: str
    amount: str
    side: str
    create_time_ms: str


class _GateTrades(msgspec.Struct):
    channel: str
    event: str
    result: _GateTrade

    def rows(self) -> list[Row]:
        return [["trade", self.result.price, self.result.amount, self.result.side]]


_decode_htx = msgspec.json.Decoder(_HTXTrades).decode


def _decode_htx_gzip(frame: Frame) -> _HTXTrades:
    return _decode_htx(zlib.decompress(frame, wbits=31))  # type: ignore[arg-type]


DECODERS: dict[tuple[str, str], Callable[[Frame], _Said]] = {
    ("binance", "trades"): msgspec.json.Decoder(_BinanceTrades).decode,
    ("binance", "quotes"): msgspec.json.Decoder(_BinanceQuotes).decode,
    ("kucoin", "trades"): msgspec.json.Decoder(_KuCoinTrades).decode,
    ("bybit", "trades"): msgspec.json.Decoder(_BybitTrades).decode,
    ("okx", "trades"): msgspec.json.Decoder(_OKXTrades).decode,
    ("htx", "trades"): _decode_htx_gzip,
    ("kraken", "trades"): msgspec.json.Decoder(_KrakenTrades).decode,
    ("gateio", "trades"): msgspec.json.Decoder(_GateTrades).decode,
}


class LimitReader:
    def __init__(self, order: Order) -> None:
        self._decode = DECODERS[order.venue, order.kind]
        self._frames = order.one_pass()

    def rows(self, frame: Frame) -> list[Row]:
        return self._decode(frame).rows()

    def read(self) -> None:
        decode = self._decode
        for frame in self._frames:
            decode(frame)


if __name__ == "__main__":
    serve(LimitReader)
