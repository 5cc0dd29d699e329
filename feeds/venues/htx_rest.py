"""HTX (formerly Huobi) spot over REST. https://www.htx.com/en-us/opend/newApiPages/?id=7ec4a4da-7773-11ed-9966-0242ac110003

Trades come in groups of one moment, newest first, and so do the trades of a group. `trade-id` is the socket's
`tradeId`.
"""

from datetime import datetime

import msgspec

from feeds.decimals import write_out
from feeds.pace import Rate
from feeds.types import Side, Trade, as_trade, time_from_ms
from feeds.venues.base import RawJSON, TradeNumber
from feeds.venues.rest import Ask, Data, Listed, Reach, Rest, path, read


class _Head(msgspec.Struct, rename="kebab"):
    status: str
    err_code: str = ""
    err_msg: str = ""


class _Symbol(msgspec.Struct):
    """`te`: trading is enabled."""

    sc: str
    bc: str
    qc: str
    state: str
    te: bool


class _Trade(msgspec.Struct, rename="kebab"):
    trade_id: TradeNumber
    ts: int
    price: RawJSON
    amount: RawJSON
    direction: Side


class HTXRest(Rest):
    url = "https://api.huobi.pro/"
    budget = Rate(3000, 300.0)
    # Groups, to be exact: the trades may be more.
    reach = Reach("tail", 2000)
    limit_words = ("too many request", "too-many-request")

    def server_time(self) -> Ask:
        return Ask("v1/common/timestamp")

    def read_server_time(self, body: bytes) -> datetime:
        return time_from_ms(read(Data[int], body).data)

    def instruments(self, symbol: str) -> Ask:
        return Ask("v2/settings/common/symbols")

    def read_instruments(self, body: bytes) -> list[Listed]:
        rows = read(Data[list[_Symbol]], body).data
        return [Listed(row.sc, row.bc.upper(), row.qc.upper(), row.te and row.state == "online") for row in rows]

    def recent_trades(self, symbol: str) -> Ask:
        return Ask(path("market/history/trade", symbol=symbol, size=self.reach.rows))

    def read_trades(self, symbol: str, body: bytes) -> list[Trade]:
        groups = reversed(read(Data[list[Data[list[_Trade]]]], body).data)
        return [_as_trade(symbol, row) for group in groups for row in reversed(group.data)]

    def complaint(self, body: bytes) -> str:
        head = read(_Head, body)
        return "" if head.status == "ok" else f"{head.err_code}: {head.err_msg}"


def _as_trade(symbol: str, row: _Trade) -> Trade:
    price, size = write_out(row.price), write_out(row.amount)
    return as_trade(symbol, str(row.trade_id), price, size, row.direction, time_from_ms(row.ts))
