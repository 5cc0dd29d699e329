"""Bybit V5 spot over REST. https://bybit-exchange.github.io/docs/v5/market/recent-trade"""

from __future__ import annotations

from tests.exchange.dialect import Call, Result, plain, to_milliseconds
from tests.exchange.market import RandomMarket, Tape, Trade

# Spot gives no more, and there is no way to ask for older ones.
MOST_TRADES = 60


def answer(call: Call, market: RandomMarket) -> Result:
    match call.path:
        case "v5/market/time":
            return _time(call)
        case "v5/market/recent-trade" | "v5/market/instruments-info" if call.query.get("category") != "spot":
            return _error(10001, "Illegal category", call)
        case "v5/market/recent-trade":
            return _recent(call, market)
        case "v5/market/instruments-info":
            return _instruments(call, market)
    return Result({"msg": "404 page not found"}, 404)


def _time(call: Call) -> Result:
    milliseconds = to_milliseconds(call.now)
    return _good({"timeSecond": str(milliseconds // 1000), "timeNano": f"{milliseconds}000000"}, call)


def _recent(call: Call, market: RandomMarket) -> Result:
    """The newest first."""
    tape = market.tape("bybit", call.query.get("symbol", ""))
    if tape is None:
        return _error(10001, "Not supported symbols", call)
    limit = call.query.get("limit", str(MOST_TRADES))
    if not limit.isdecimal():
        return _error(10001, "Request parameter error.", call)
    newest = list(tape.trades)[-min(max(int(limit), 1), MOST_TRADES) :]
    return _good({"category": "spot", "list": [_row(trade) for trade in reversed(newest)]}, call)


def _instruments(call: Call, market: RandomMarket) -> Result:
    """A symbol that is not listed is no error: the list is empty."""
    wanted = call.query.get("symbol")
    tapes = [tape for tape in market.tapes("bybit") if wanted in (None, tape.symbol)]
    return _good({"category": "spot", "list": [_instrument(tape) for tape in tapes]}, call)


def _row(trade: Trade) -> dict[str, object]:
    return {
        "execId": str(trade.trade_id),
        "symbol": trade.symbol,
        "price": plain(trade.price),
        "size": plain(trade.size),
        "side": trade.side.capitalize(),
        "time": str(to_milliseconds(trade.traded_at)),
        "isBlockTrade": False,
        "isRPITrade": False,
        "seq": str(trade.order_id),
    }


def _instrument(tape: Tape) -> dict[str, object]:
    listing = tape.listing
    return {
        "symbol": tape.symbol,
        "baseCoin": listing.base,
        "quoteCoin": listing.quote,
        "status": "Trading",
        "lotSizeFilter": {"basePrecision": plain(listing.step), "minOrderQty": plain(listing.step)},
        "priceFilter": {"tickSize": plain(listing.tick)},
    }


def _good(result: dict[str, object], call: Call) -> Result:
    return _body(0, "OK", result, call)


def _error(code: int, message: str, call: Call) -> Result:
    """Errors come with status 200."""
    return _body(code, message, {}, call)


def _body(code: int, message: str, result: dict[str, object], call: Call) -> Result:
    head = {"retCode": code, "retMsg": message, "result": result, "retExtInfo": {}}
    return Result({**head, "time": to_milliseconds(call.now)})
