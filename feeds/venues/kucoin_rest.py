"""KuCoin spot over REST. https://www.kucoin.com/docs-new/rest/spot-trading/market-data/get-trade-history

Trades have no id here, only a `sequence`. In the engine of today that is the id on the socket too. The old engine had
hexadecimal ids there: such a trade would be stored twice, but it is long beyond the last hundred.
"""

from datetime import datetime

import msgspec

from feeds.pace import Rate
from feeds.types import Side, Trade, as_trade, time_from_ms, time_from_ns
from feeds.venues.base import TradeId
from feeds.venues.rest import Ask, Data, Listed, Reach, Rest, path, read


class _Head(msgspec.Struct):
    code: str
    msg: str = ""


class _Symbol(msgspec.Struct, rename="camel"):
    symbol: str
    base_currency: str
    quote_currency: str
    enable_trading: bool


class _Trade(msgspec.Struct):
    sequence: TradeId
    price: str
    size: str
    side: Side
    time: int  # nanoseconds


class KuCoinRest(Rest):
    url = "https://api.kucoin.com/"
    # https://www.kucoin.com/docs-new/rate-limit: the pool for public calls, each with its weight.
    budget = Rate(2000, 30.0)
    reach = Reach("tail", 100)
    limit_words = ("429000",)

    def server_time(self) -> Ask:
        return Ask("api/v1/timestamp", 3)

    def read_server_time(self, body: bytes) -> datetime:
        return time_from_ms(read(Data[int], body).data)

    def instruments(self, symbol: str) -> Ask:
        return Ask("api/v2/symbols", 4)

    def read_instruments(self, body: bytes) -> list[Listed]:
        rows = read(Data[list[_Symbol]], body).data
        return [Listed(row.symbol, row.base_currency, row.quote_currency, row.enable_trading) for row in rows]

    def recent_trades(self, symbol: str) -> Ask:
        return Ask(path("api/v1/market/histories", symbol=symbol), 3)

    def read_trades(self, symbol: str, body: bytes) -> list[Trade]:
        rows = read(Data[list[_Trade]], body).data
        return [as_trade(symbol, r.sequence, r.price, r.size, r.side, time_from_ns(r.time)) for r in rows]

    def complaint(self, body: bytes) -> str:
        head = read(_Head, body)
        return "" if head.code == "200000" else f"{head.code}: {head.msg}"
