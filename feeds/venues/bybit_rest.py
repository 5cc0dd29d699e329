"""Bybit spot, V5, over REST. https://bybit-exchange.github.io/docs/v5/market/recent-trade

Ids are those of the socket. There is no way to ask for more than the last sixty trades.
"""

from datetime import datetime
from typing import Generic, Literal, TypeVar

import msgspec

from feeds.decimals import parse_whole
from feeds.pace import Rate
from feeds.types import Side, Trade, as_trade, time_from_ms
from feeds.venues.base import TradeId
from feeds.venues.rest import Ask, Listed, Reach, Rest, Result, path, read

T = TypeVar("T")

_SIDES = {"Buy": Side.BUY, "Sell": Side.SELL}


class _Head(msgspec.Struct, rename="camel"):
    """`time` is the server's clock, in each answer."""

    ret_code: int
    ret_msg: str
    time: int


class _Symbol(msgspec.Struct, rename="camel"):
    symbol: str
    base_coin: str
    quote_coin: str
    status: str


class _Trade(msgspec.Struct, rename="camel"):
    exec_id: TradeId
    price: str
    size: str
    side: Literal["Buy", "Sell"]
    time: str


class _Rows(msgspec.Struct, Generic[T]):
    list: list[T]


class BybitRest(Rest):
    url = "https://api.bybit.com/v5/market/"
    # https://bybit-exchange.github.io/docs/v5/rate-limit: more are answered with 403 for ten minutes.
    budget = Rate(600, 5.0)
    reach = Reach("tail", 60)
    limit_words = ("10006",)

    def server_time(self) -> Ask:
        return Ask("time")

    def read_server_time(self, body: bytes) -> datetime:
        return time_from_ms(read(_Head, body).time)

    def instruments(self, symbol: str) -> Ask:
        return Ask(path("instruments-info", category="spot", symbol=symbol))

    def read_instruments(self, body: bytes) -> list[Listed]:
        rows = read(Result[_Rows[_Symbol]], body).result.list
        return [Listed(row.symbol, row.base_coin, row.quote_coin, row.status == "Trading") for row in rows]

    def recent_trades(self, symbol: str) -> Ask:
        return Ask(path("recent-trade", category="spot", symbol=symbol, limit=self.reach.rows))

    def read_trades(self, symbol: str, body: bytes) -> list[Trade]:
        rows = reversed(read(Result[_Rows[_Trade]], body).result.list)
        return [as_trade(symbol, r.exec_id, r.price, r.size, _SIDES[r.side], _time(r.time)) for r in rows]

    def complaint(self, body: bytes) -> str:
        head = read(_Head, body)
        return f"{head.ret_code}: {head.ret_msg}" if head.ret_code else ""


def _time(milliseconds: str) -> datetime:
    return time_from_ms(parse_whole(milliseconds))
