"""Gate.io spot, v4, over REST. https://www.gate.com/docs/developers/apiv4/en/#query-market-transaction-records

Ids are those of the socket. By id one can ask too, which the page advises against; times are in whole seconds.
"""

from datetime import datetime

import msgspec

from feeds.market.gap import Gap
from feeds.pace import Rate
from feeds.types import Side, Trade, as_trade, time_from_decimal_ms, time_from_ms
from feeds.venues.base import TradeId
from feeds.venues.rest import Ask, Listed, Reach, Rest, microseconds, path, read


class _Error(msgspec.Struct):
    label: str = ""
    message: str = ""


class _Time(msgspec.Struct):
    server_time: int


class _Pair(msgspec.Struct):
    id: str
    base: str
    quote: str
    trade_status: str


class _Trade(msgspec.Struct):
    id: TradeId
    create_time_ms: str
    side: Side
    amount: str
    price: str


class GateIORest(Rest):
    url = "https://api.gateio.ws/api/v4/spot/"
    # https://www.gate.com/docs/developers/apiv4/en/#frequency-limit-rule: for each path.
    budget = Rate(200, 10.0)
    reach = Reach("time", 1000, days=30)
    # A span of time is answered newest first.
    is_read_backward = True

    def server_time(self) -> Ask:
        return Ask("time")

    def read_server_time(self, body: bytes) -> datetime:
        return time_from_ms(read(_Time, body).server_time)

    def instruments(self, symbol: str) -> Ask:
        return Ask("currency_pairs")

    def read_instruments(self, body: bytes) -> list[Listed]:
        rows = read(list[_Pair], body)
        return [Listed(row.id, row.base, row.quote, row.trade_status == "tradable") for row in rows]

    def recent_trades(self, symbol: str) -> Ask:
        return Ask(path("trades", currency_pair=symbol, limit=self.reach.rows))

    def trades_in(self, gap: Gap) -> Ask:
        span: dict[str, int] = {"from": _second(gap.after.traded_at)}
        if gap.before:
            # Whether the rest of the second is inside is not documented.
            span["to"] = _second(gap.before.traded_at) + 1
        return Ask(path("trades", currency_pair=gap.symbol, limit=self.reach.rows, **span))

    def read_trades(self, symbol: str, body: bytes) -> list[Trade]:
        rows = read(list[_Trade], body)[::-1]
        return [as_trade(symbol, r.id, r.price, r.amount, r.side, time_from_decimal_ms(r.create_time_ms)) for r in rows]

    def complaint(self, body: bytes) -> str:
        # Trades are a list; whatever is wrong is an object.
        error = _Error() if body.startswith(b"[") else read(_Error, body)
        return f"{error.label}: {error.message}" if error.label else ""


def _second(moment: datetime) -> int:
    return microseconds(moment) // 1_000_000
