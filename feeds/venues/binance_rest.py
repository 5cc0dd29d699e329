"""Binance spot over REST. https://github.com/binance/binance-spot-api-docs/blob/master/rest-api.md

Ids are those of the stream `@trade`. `data-api.binance.vision` does not serve old trades, so this is the other host.
"""

from datetime import datetime

import msgspec

from feeds.decimals import parse_whole
from feeds.market.gap import Gap
from feeds.pace import Rate
from feeds.types import Side, Trade, as_trade, time_from_ms
from feeds.venues.base import TradeNumber
from feeds.venues.rest import Ask, Listed, Reach, Rest, path, read


class _Error(msgspec.Struct):
    code: int = 0
    msg: str = ""


class _Time(msgspec.Struct, rename="camel"):
    server_time: int


class _Symbol(msgspec.Struct, rename="camel"):
    symbol: str
    status: str
    base_asset: str
    quote_asset: str


class _Info(msgspec.Struct):
    symbols: list[_Symbol]


class _Trade(msgspec.Struct, rename="camel"):
    id: TradeNumber
    price: str
    qty: str
    time: int
    is_buyer_maker: bool

    def side(self) -> Side:
        return Side.SELL if self.is_buyer_maker else Side.BUY


class BinanceRest(Rest):
    url = "https://api.binance.com/"
    budget = Rate(6000, 60.0)
    reach = Reach("id", 1000)

    def server_time(self) -> Ask:
        return Ask("api/v3/time", 1)

    def read_server_time(self, body: bytes) -> datetime:
        return time_from_ms(read(_Time, body).server_time)

    def instruments(self, symbol: str) -> Ask:
        # With the permission sets the whole list has some 20 MB.
        return Ask(path("api/v3/exchangeInfo", symbol=symbol, showPermissionSets="false"), 20)

    def read_instruments(self, body: bytes) -> list[Listed]:
        rows = read(_Info, body).symbols
        return [Listed(row.symbol, row.base_asset, row.quote_asset, row.status == "TRADING") for row in rows]

    def recent_trades(self, symbol: str) -> Ask:
        return Ask(path("api/v3/trades", symbol=symbol, limit=self.reach.rows), 25)

    def trades_in(self, gap: Gap) -> Ask:
        first = parse_whole(gap.after.trade_id) + 1
        return Ask(path("api/v3/historicalTrades", symbol=gap.symbol, fromId=first, limit=self.reach.rows), 25)

    def read_trades(self, symbol: str, body: bytes) -> list[Trade]:
        rows = read(list[_Trade], body)
        return [as_trade(symbol, str(r.id), r.price, r.qty, r.side(), time_from_ms(r.time)) for r in rows]

    def complaint(self, body: bytes) -> str:
        # Trades are a list; whatever is wrong is an object.
        error = _Error() if body.startswith(b"[") else read(_Error, body)
        return f"{error.code}: {error.msg}" if error.code else ""
