"""Binance spot over REST. https://github.com/binance/binance-spot-api-docs/blob/master/rest-api.md"""

from __future__ import annotations

from collections.abc import Callable

from tests.exchange.dialect import Call, Result, to_milliseconds
from tests.exchange.market import Listing, RandomMarket, Tape, Trade


def answer(call: Call, market: RandomMarket) -> Result:
    if call.path in MARKET_WIDE:
        return MARKET_WIDE[call.path](call, market)
    if call.path not in ONE_SYMBOL:
        return Result({"code": -1, "msg": "Not found."}, 404)
    symbol = call.query.get("symbol", "")
    if not symbol:
        return _error(-1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.")
    tape = market.tape("binance", symbol)
    if tape is None:
        return _error(-1121, "Invalid symbol.")
    for name in ("limit", "fromId"):
        if not call.query.get(name, "0").isdecimal():
            return _error(-1100, f"Illegal characters found in parameter '{name}'; legal range is '^[0-9]{{1,20}}$'.")
    return Result([_row(trade) for trade in ONE_SYMBOL[call.path](call, tape)])


def _time(call: Call, market: RandomMarket) -> Result:
    return Result({"serverTime": to_milliseconds(call.now)})


def _exchange_info(call: Call, market: RandomMarket) -> Result:
    wanted = call.query.get("symbol")
    tapes = [tape for tape in market.tapes("binance") if wanted in (None, tape.symbol)]
    if wanted and not tapes:
        return _error(-1121, "Invalid symbol.")
    return Result(
        {
            "timezone": "UTC",
            "serverTime": to_milliseconds(call.now),
            "rateLimits": [],
            "exchangeFilters": [],
            "symbols": [_symbol(tape.symbol, tape.listing) for tape in tapes],
        }
    )


def _symbol(symbol: str, listing: Listing) -> dict[str, object]:
    return {
        "symbol": symbol,
        "status": "TRADING",
        "baseAsset": listing.base,
        "baseAssetPrecision": 8,
        "quoteAsset": listing.quote,
        "quotePrecision": 8,
        "isSpotTradingAllowed": True,
        "filters": [
            {"filterType": "PRICE_FILTER", "tickSize": f"{listing.tick:.8f}"},
            {"filterType": "LOT_SIZE", "stepSize": f"{listing.step:.8f}"},
        ],
    }


def _recent(call: Call, tape: Tape) -> list[Trade]:
    return list(tape.trades)[-_limit(call) :]


def _historical(call: Call, tape: Tape) -> list[Trade]:
    """From `fromId` on, that trade included; without it the newest."""
    if "fromId" not in call.query:
        return _recent(call, tape)
    first = int(call.query["fromId"])
    return [trade for trade in tape.trades if trade.trade_id >= first][: _limit(call)]


def _limit(call: Call) -> int:
    return min(max(int(call.query.get("limit", 500)), 1), 1000)


def _row(trade: Trade) -> dict[str, object]:
    return {
        "id": trade.trade_id,
        "price": f"{trade.price:.8f}",
        "qty": f"{trade.size:.8f}",
        "quoteQty": f"{trade.price * trade.size:.8f}",
        "time": to_milliseconds(trade.traded_at),
        "isBuyerMaker": trade.side == "sell",
        "isBestMatch": True,
    }


def _error(code: int, message: str) -> Result:
    return Result({"code": code, "msg": message}, 400)


MARKET_WIDE: dict[str, Callable[[Call, RandomMarket], Result]] = {
    "api/v3/time": _time,
    "api/v3/exchangeInfo": _exchange_info,
}
ONE_SYMBOL: dict[str, Callable[[Call, Tape], list[Trade]]] = {
    "api/v3/trades": _recent,
    "api/v3/historicalTrades": _historical,
}
