"""BitGet's public market in all generations: tickers, which alone have the mark price, and trades.

https://www.bitget.com/api-doc/contract/websocket/public/Tickers-Channel and its counterparts. The symbol of a trade is
the argument's; a frame has the newest trade first.
"""

from collections.abc import Mapping
from typing import Any, Final

from feeds.errors import BadFrame
from positions.types import PublicTrade, PublicTrades, Ticker, Tickers
from positions.venues.bitget_fields import Fields
from positions.venues.bitget_push import Push, Reader, told, trade_side


def _old_ticker(f: Fields) -> Ticker:
    """Spot has `ts` and no mark price."""
    return Ticker(
        symbol=f.symbol("instId"),
        mark_price=f.price("markPrice"),
        last_price=f.price("last"),
        index_price=f.price("indexPrice"),
        funding_rate=f.number("capitalRate"),
        next_funding_at=f.time("nextSettleTime"),
        told_at=told(f.time("systemTime", "ts")),
    )


def _old_trade(row: Any, symbol: str) -> PublicTrade:
    """A row of time, price, size and side; there are no ids."""
    if not isinstance(row, list) or len(row) < 4:
        raise BadFrame("row", row)
    f = Fields(dict(zip(("ts", "price", "size", "side"), row, strict=False)))
    return PublicTrade(
        symbol=symbol,
        price=f.exact("price"),
        size=f.exact("size"),
        side=trade_side(f, "side"),
        traded_at=f.moment("ts"),
    )


def _classic_ticker(f: Fields) -> Ticker:
    return Ticker(
        symbol=f.symbol("instId", "symbol"),
        mark_price=f.price("markPrice"),
        last_price=f.price("lastPr"),
        index_price=f.price("indexPrice"),
        funding_rate=f.number("fundingRate"),
        next_funding_at=f.time("nextFundingTime"),
        told_at=told(f.time("ts")),
    )


def _classic_trade(f: Fields, symbol: str) -> PublicTrade:
    return PublicTrade(
        symbol=symbol,
        price=f.exact("price"),
        size=f.exact("size"),
        side=trade_side(f, "side"),
        traded_at=f.moment("ts"),
        trade_id=f.name("tradeId"),
    )


def _unified_ticker(f: Fields, push: Push) -> Ticker:
    return Ticker(
        symbol=push.symbol.upper(),
        mark_price=f.price("markPrice"),
        last_price=f.price("lastPrice"),
        index_price=f.price("indexPrice"),
        funding_rate=f.number("fundingRate"),
        next_funding_at=f.time("nextFundingTime"),
        told_at=push.told_at,
    )


def _unified_trade(f: Fields, symbol: str) -> PublicTrade:
    return PublicTrade(
        symbol=symbol,
        price=f.exact("p"),
        size=f.exact("v"),
        side=trade_side(f, "S"),
        traded_at=f.moment("T"),
        trade_id=f.name("i"),
    )


OLD_MARKET: Final[Mapping[str, Reader]] = {
    "ticker": lambda push: Tickers(tuple(map(_old_ticker, push.fields()))),
    "trade": lambda push: PublicTrades(tuple(_old_trade(row, push.symbol) for row in push.rows)),
}
CLASSIC_MARKET: Final[Mapping[str, Reader]] = {
    "ticker": lambda push: Tickers(tuple(map(_classic_ticker, push.fields()))),
    "trade": lambda push: PublicTrades(tuple(_classic_trade(f, push.symbol) for f in push.fields())),
}
UNIFIED_MARKET: Final[Mapping[str, Reader]] = {
    "ticker": lambda push: Tickers(tuple(_unified_ticker(f, push) for f in push.fields())),
    "publicTrade": lambda push: PublicTrades(tuple(_unified_trade(f, push.symbol) for f in push.fields())),
}
