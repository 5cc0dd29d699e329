"""Gate spot V4 over REST. https://www.gate.com/docs/developers/apiv4/en/#retrieve-market-trades"""

from __future__ import annotations

from tests.exchange.dialect import Call, Result, plain, to_milliseconds
from tests.exchange.market import RandomMarket, Tape, Trade

NUMBERS = ("limit", "page", "from", "to", "last_id")
MOST_SKIPPED = 100_000


def answer(call: Call, market: RandomMarket) -> Result:
    match call.path:
        case "api/v4/spot/time":
            return Result({"server_time": to_milliseconds(call.now)})
        case "api/v4/spot/currency_pairs":
            return Result([_pair(tape) for tape in market.tapes("gateio")])
        case "api/v4/spot/trades":
            return _trades(call, market)
    return _error("NOT_FOUND", "Request path not found", 404)


def _trades(call: Call, market: RandomMarket) -> Result:
    """The newest first."""
    pair = call.query.get("currency_pair", "")
    if not pair:
        return _error("MISSING_REQUIRED_PARAM", "Missing required parameter: currency_pair")
    tape = market.tape("gateio", pair)
    if tape is None:
        return _error("INVALID_CURRENCY_PAIR", f"Invalid currency pair {pair}")
    for name in NUMBERS:
        if not call.query.get(name, "1").isdecimal():
            return _error("INVALID_PARAM_VALUE", f"Invalid request parameter `{name}` value: {call.query[name]}")
    limit, page = int(call.query.get("limit", 100)), int(call.query.get("page", 1))
    if not 1 <= limit <= 1000 or page < 1 or limit * (page - 1) > MOST_SKIPPED:
        return _error("INVALID_PARAM_VALUE", f"Invalid request parameter `limit` value: {limit}")
    trades = _beside_id(call, tape, limit) if "last_id" in call.query else _between_times(call, tape, limit, page)
    return Result([_row(trade) for trade in trades])


def _beside_id(call: Call, tape: Tape, limit: int) -> list[Trade]:
    """The next newer ones, or with `reverse` the next older ones; times are not looked at."""
    last_id = int(call.query["last_id"])
    if call.query.get("reverse") == "true":
        return [trade for trade in tape.trades if trade.trade_id < last_id][: -limit - 1 : -1]
    return [trade for trade in tape.trades if trade.trade_id > last_id][:limit][::-1]


def _between_times(call: Call, tape: Tape, limit: int, page: int) -> list[Trade]:
    """`from` and `to` are seconds, and both are inside."""
    first, last = int(call.query.get("from", 0)), int(call.query.get("to", call.now.timestamp()))
    trades = [trade for trade in reversed(tape.trades) if first <= int(trade.traded_at.timestamp()) <= last]
    return trades[limit * (page - 1) : limit * page]


def _row(trade: Trade) -> dict[str, object]:
    """Everything is text, and the id of the market is called `sequence_id`."""
    milliseconds = to_milliseconds(trade.traded_at)
    return {
        "id": str(trade.trade_id),
        "create_time": str(milliseconds // 1000),
        "create_time_ms": f"{milliseconds}.000000",
        "side": trade.side,
        "amount": plain(trade.size),
        "price": plain(trade.price),
        "sequence_id": str(trade.trade_id),
    }


def _pair(tape: Tape) -> dict[str, object]:
    listing = tape.listing
    return {
        "id": tape.symbol,
        "base": listing.base,
        "quote": listing.quote,
        "min_base_amount": plain(listing.step),
        "amount_precision": -int(listing.step.as_tuple().exponent),
        "precision": -int(listing.tick.as_tuple().exponent),
        "trade_status": "tradable",
    }


def _error(label: str, message: str, status: int = 400) -> Result:
    return Result({"label": label, "message": message}, status)
