"""KuCoin spot over REST, and the tokens for its sockets. https://www.kucoin.com/docs-new/rest/spot-trading"""

from __future__ import annotations

from tests.exchange.dialect import Call, Result, plain, to_milliseconds
from tests.exchange.market import RandomMarket, Tape, Trade

# There are no more, and no way to ask for older ones.
MOST_TRADES = 100
PING_TIMEOUT_MS = 10_000


def answer(call: Call, market: RandomMarket) -> Result:
    match call.method, call.path:
        case "POST", "api/v1/bullet-public":
            return _good(_bullet(call))
        case "GET", "api/v1/timestamp":
            return _good(to_milliseconds(call.now))
        case "GET", "api/v1/market/histories":
            return _histories(call, market)
        case "GET", "api/v2/symbols":
            return _good([_symbol(tape) for tape in market.tapes("kucoin")])
    return _error("404", "Not Found", 404)


def _bullet(call: Call) -> dict[str, object]:
    """A token, where to go with it, and how often to ping there."""
    server = {
        "endpoint": call.base_url.replace("http", "ws", 1) + "/",
        "encrypt": False,
        "protocol": "websocket",
        "pingInterval": round((call.limits.ping_every or 0) * 1000),
        "pingTimeout": PING_TIMEOUT_MS,
    }
    return {"token": call.tokens.issue(call.now), "instanceServers": [server]}


def _histories(call: Call, market: RandomMarket) -> Result:
    """The oldest first, without a trade id: `sequence` is the same number."""
    symbol = call.query.get("symbol", "")
    if not symbol:
        return _error("400100", "symbol can not be empty", 400)
    tape = market.tape("kucoin", symbol)
    if tape is None:
        return _error("900001", "symbol not exists")
    return _good([_row(trade) for trade in list(tape.trades)[-MOST_TRADES:]])


def _row(trade: Trade) -> dict[str, object]:
    return {
        "sequence": str(trade.trade_id),
        "price": plain(trade.price),
        "size": plain(trade.size),
        "side": trade.side,
        "time": to_milliseconds(trade.traded_at) * 1_000_000,
    }


def _symbol(tape: Tape) -> dict[str, object]:
    listing = tape.listing
    return {
        "symbol": tape.symbol,
        "name": tape.symbol,
        "baseCurrency": listing.base,
        "quoteCurrency": listing.quote,
        "baseMinSize": plain(listing.step),
        "baseIncrement": plain(listing.step),
        "priceIncrement": plain(listing.tick),
        "enableTrading": True,
    }


def _good(data: object) -> Result:
    return Result({"code": "200000", "data": data})


def _error(code: str, message: str, status: int = 200) -> Result:
    return Result({"code": code, "msg": message}, status)
