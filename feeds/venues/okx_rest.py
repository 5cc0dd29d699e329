"""OKX spot, V5, over REST. https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-trades-history

Each row is one trade, where the socket's channel `trades` puts what one taker order did at one price under its last
id. So what fills a gap is finer than what streams, and the trade that ends it may come again in its parts.
"""

from datetime import datetime

import msgspec

from feeds.decimals import parse_whole
from feeds.market.gap import Gap
from feeds.pace import Rate
from feeds.types import Side, Trade, as_trade, time_from_ms
from feeds.venues.base import TradeId
from feeds.venues.rest import Ask, Data, Listed, Reach, Rest, path, read

# The public limits are per path, in 2 s: 100, 20, 20 and 10 calls. They are kept as weights of the first.
TRADES_COST, HISTORY_COST, INSTRUMENTS_COST, TIME_COST = 1, 5, 5, 10


class _Head(msgspec.Struct):
    code: str
    msg: str = ""


class _Time(msgspec.Struct):
    ts: str


class _Symbol(msgspec.Struct, rename="camel"):
    inst_id: str
    base_ccy: str
    quote_ccy: str
    state: str


class _Trade(msgspec.Struct, rename="camel"):
    trade_id: TradeId
    px: str
    sz: str
    side: Side
    ts: str


class OKXRest(Rest):
    url = "https://openapi.okx.com/api/v5/"
    budget = Rate(100, 2.0)
    reach = Reach("id", 100, days=90)
    # `before` alone gives the newest page and not the next one, so a gap can only be read from its end.
    is_read_backward = True
    limit_words = ("50011",)

    def server_time(self) -> Ask:
        return Ask("public/time", TIME_COST)

    def read_server_time(self, body: bytes) -> datetime:
        return _time(read(Data[tuple[_Time]], body).data[0].ts)

    def instruments(self, symbol: str) -> Ask:
        return Ask(path("public/instruments", instType="SPOT", instId=symbol), INSTRUMENTS_COST)

    def read_instruments(self, body: bytes) -> list[Listed]:
        rows = read(Data[list[_Symbol]], body).data
        return [Listed(row.inst_id, row.base_ccy, row.quote_ccy, row.state == "live") for row in rows]

    def recent_trades(self, symbol: str) -> Ask:
        return Ask(path("market/trades", instId=symbol, limit=500), TRADES_COST)

    def trades_in(self, gap: Gap) -> Ask:
        older_than = gap.before.trade_id if gap.before else ""
        query = path("market/history-trades", instId=gap.symbol, type=1, after=older_than, limit=self.reach.rows)
        return Ask(query, HISTORY_COST)

    def read_trades(self, symbol: str, body: bytes) -> list[Trade]:
        rows = reversed(read(Data[list[_Trade]], body).data)
        return [as_trade(symbol, r.trade_id, r.px, r.sz, r.side, _time(r.ts)) for r in rows]

    def complaint(self, body: bytes) -> str:
        head = read(_Head, body)
        return "" if head.code == "0" else f"{head.code}: {head.msg}"


def _time(milliseconds: str) -> datetime:
    return time_from_ms(parse_whole(milliseconds))
