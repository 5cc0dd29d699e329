"""OKX V5 spot over REST, and the ticker row. https://www.okx.com/docs-v5/en/#order-book-trading-market-data"""

from __future__ import annotations

from collections.abc import Sequence

from tests.exchange.day import Day
from tests.exchange.dialect import Call, Result, plain, to_milliseconds
from tests.exchange.market import Quote, RandomMarket, Tape, Trade


def answer(call: Call, market: RandomMarket) -> Result:
    match call.path:
        case "api/v5/public/time":
            return _good([{"ts": str(to_milliseconds(call.now))}])
        case "api/v5/public/instruments":
            wanted = call.query.get("instId")
            return _good([_instrument(tape) for tape in market.tapes("okx") if wanted in (None, tape.symbol)])
        case "api/v5/market/trades" | "api/v5/market/history-trades":
            return _trades(call, market)
    return _error("404", "Not Found", 404)


def _trades(call: Call, market: RandomMarket) -> Result:
    symbol = call.query.get("instId", "")
    if not symbol:
        return _error("50014", "Parameter instId can not be empty.", 400)
    tape = market.tape("okx", symbol)
    if tape is None:
        return _error("51001", "Instrument ID, Instrument ID code, or Spread ID doesn't exist.")
    for name in ("limit", "after", "before"):
        if not call.query.get(name, "0").isdecimal():
            return _error("51000", f"Parameter {name} error", 400)
    is_history = call.path.endswith("history-trades")
    trades = _page(call, tape) if is_history else tape.trades
    limit = min(max(int(call.query.get("limit", 100)), 1), 100 if is_history else 500)
    return _good([_row(trade) for trade in reversed(list(trades)[-limit:])])


def _page(call: Call, tape: Tape) -> Sequence[Trade]:
    """Pages go backwards: `after` is older than. `before` alone does not begin at that id but at the newest."""
    after, before = call.query.get("after"), int(call.query.get("before", 0))
    trades = [trade for trade in tape.trades if trade.trade_id > before]
    if after is None:
        return trades
    if call.query.get("type", "1") == "2":
        return [trade for trade in trades if to_milliseconds(trade.traded_at) < int(after)]
    return [trade for trade in trades if trade.trade_id < int(after)]


def ticker(quote: Quote, day: Day) -> dict[str, object]:
    return {
        "instType": "SPOT",
        "instId": quote.symbol,
        "last": plain(day.last),
        "lastSz": plain(day.last_size),
        "askPx": plain(quote.ask),
        "askSz": plain(quote.ask_size),
        "bidPx": plain(quote.bid),
        "bidSz": plain(quote.bid_size),
        "open24h": plain(day.open),
        "high24h": plain(day.high),
        "low24h": plain(day.low),
        "sodUtc0": plain(day.open),
        "sodUtc8": plain(day.open),
        "volCcy24h": plain(day.turnover),
        "vol24h": plain(day.volume),
        "ts": str(to_milliseconds(quote.quoted_at)),
    }


def _row(trade: Trade) -> dict[str, object]:
    """One trade a row: REST does not group as the socket does."""
    return {
        "instId": trade.symbol,
        "side": trade.side,
        "sz": plain(trade.size),
        "px": plain(trade.price),
        "tradeId": str(trade.trade_id),
        "ts": str(to_milliseconds(trade.traded_at)),
    }


def _instrument(tape: Tape) -> dict[str, object]:
    listing = tape.listing
    return {
        "instType": "SPOT",
        "instId": tape.symbol,
        "baseCcy": listing.base,
        "quoteCcy": listing.quote,
        "tickSz": plain(listing.tick),
        "lotSz": plain(listing.step),
        "minSz": plain(listing.step),
        "state": "live",
    }


def _good(rows: list[dict[str, object]]) -> Result:
    return Result({"code": "0", "msg": "", "data": rows})


def _error(code: str, message: str, status: int = 200) -> Result:
    return Result({"code": code, "msg": message, "data": []}, status)
