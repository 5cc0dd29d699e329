"""The physical limit: one bare msgspec decode into typed structs. No Decimal, no datetime, no validation."""

import zlib
from collections.abc import Callable

import msgspec

from tests.bench.worker import Frame, Order, Row, serve


class _Trade(msgspec.Struct):
    s: str
    a: int
    p: str
    q: str
    T: int
    m: bool


class _Ticker(msgspec.Struct):
    s: str
    b: str
    B: str
    a: str
    A: str


class _Detail(msgspec.Struct, rename={"trade_id": "tradeId"}):
    ts: int
    trade_id: int
    price: float
    amount: float
    direction: str


class _Tick(msgspec.Struct):
    data: list[_Detail]


class _BinanceTrade(msgspec.Struct):
    stream: str
    data: _Trade

    def rows(self) -> list[Row]:
        return [["trade", self.data.p, self.data.q, "sell" if self.data.m else "buy"]]


class _BinanceQuote(msgspec.Struct):
    stream: str
    data: _Ticker

    def rows(self) -> list[Row]:
        return [["quote", self.data.b, self.data.a]]


class _HTXTrade(msgspec.Struct):
    ch: str
    tick: _Tick

    def rows(self) -> list[Row]:
        return [["trade", repr(row.price), repr(row.amount), row.direction] for row in self.tick.data]


_Decode = Callable[[Frame], _BinanceTrade | _BinanceQuote | _HTXTrade]

_decode_htx = msgspec.json.Decoder(_HTXTrade).decode


def _decode_htx_gzip(frame: Frame) -> _HTXTrade:
    return _decode_htx(zlib.decompress(frame, wbits=31))  # type: ignore[arg-type]


_DECODERS: dict[tuple[str, str], _Decode] = {
    ("binance", "trades"): msgspec.json.Decoder(_BinanceTrade).decode,
    ("binance", "quotes"): msgspec.json.Decoder(_BinanceQuote).decode,
    ("htx", "trades"): _decode_htx_gzip,
}


class LimitReader:
    def __init__(self, order: Order) -> None:
        self._decode = _DECODERS[order.venue, order.kind]
        self._frames = order.one_pass()

    def rows(self, frame: Frame) -> list[Row]:
        return self._decode(frame).rows()

    def read(self) -> None:
        decode = self._decode
        for frame in self._frames:
            decode(frame)


if __name__ == "__main__":
    serve(LimitReader)
