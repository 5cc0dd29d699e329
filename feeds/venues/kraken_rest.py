"""Kraken spot over REST. https://docs.kraken.com/api/docs/rest-api/get-recent-trades

Here bitcoin is XBT still, and an answer is keyed by the pair's inner name: XBTUSDT, but XXBTZUSD.
"""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from feeds.decimals import parse_number
from feeds.errors import BadFrame
from feeds.market.gap import Gap
from feeds.pace import Rate
from feeds.types import Side, Trade, as_trade, time_from_ms, time_from_ns
from feeds.venues.base import RawJSON, TradeNumber
from feeds.venues.rest import Ask, Listed, Reach, Rest, Result, microseconds, path, read

OLD_NAMES = {"BTC": "XBT", "DOGE": "XDG"}
NEW_NAMES = {old: new for new, old in OLD_NAMES.items()}
# `since` may or may not leave out the trade at its very nanosecond, and we know times to the microsecond.
OVERLAP = timedelta(milliseconds=1)
_SIDES = {"b": Side.BUY, "s": Side.SELL}


class _Head(msgspec.Struct):
    error: list[str]


class _Time(msgspec.Struct):
    unixtime: int


class _Pair(msgspec.Struct):
    """`wsname` is the socket's name, left out where the socket does not have the pair."""

    status: str
    wsname: str = ""


class _Trade(msgspec.Struct, array_like=True):
    """The time is a number of seconds with up to nine decimals."""

    price: str
    volume: str
    time: RawJSON
    side: Literal["b", "s"]
    order_type: str
    misc: str
    trade_id: TradeNumber


class KrakenRest(Rest):
    url = "https://api.kraken.com/0/public/"
    # No number is published for public calls; one a second is what its support pages advise.
    budget = Rate(1, 1.0)
    reach = Reach("time", 1000)
    limit_words = ("Too many requests", "Rate limit exceeded")

    def server_time(self) -> Ask:
        return Ask("Time")

    def read_server_time(self, body: bytes) -> datetime:
        # Whole seconds only: the middle of that second is less wrong than its beginning.
        return time_from_ms(read(Result[_Time], body).result.unixtime * 1000 + 500)

    def instruments(self, symbol: str) -> Ask:
        return Ask(path("AssetPairs", pair=_pair(symbol)))

    def read_instruments(self, body: bytes) -> list[Listed]:
        pairs = read(Result[dict[str, _Pair]], body).result.values()
        return [_as_listed(pair) for pair in pairs if pair.wsname]

    def recent_trades(self, symbol: str) -> Ask:
        return Ask(path("Trades", pair=_pair(symbol), count=self.reach.rows))

    def trades_in(self, gap: Gap) -> Ask:
        since = microseconds(gap.after.traded_at - OVERLAP) * 1000
        return Ask(path("Trades", pair=_pair(gap.symbol), since=since, count=self.reach.rows))

    def read_trades(self, symbol: str, body: bytes) -> list[Trade]:
        # The pair by its inner name, and `last` beside it.
        rows = [raw for name, raw in read(Result[dict[str, RawJSON]], body).result.items() if name != "last"]
        if len(rows) != 1:
            raise BadFrame("pairs", body[:400])
        return [_as_trade(symbol, row) for row in read(list[_Trade], bytes(rows[0]))]

    def complaint(self, body: bytes) -> str:
        return ", ".join(read(_Head, body).error)


def _pair(symbol: str) -> str:
    return "".join(OLD_NAMES.get(asset, asset) for asset in symbol.split("/"))


def _as_listed(pair: _Pair) -> Listed:
    base, _, quote = pair.wsname.partition("/")
    base, quote = NEW_NAMES.get(base, base), NEW_NAMES.get(quote, quote)
    return Listed(f"{base}/{quote}", base, quote, pair.status == "online")


def _as_trade(symbol: str, row: _Trade) -> Trade:
    traded_at = time_from_ns(int(parse_number(row.time).scaleb(9)))
    return as_trade(symbol, str(row.trade_id), row.price, row.volume, _SIDES[row.side], traded_at)
