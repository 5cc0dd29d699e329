"""HTX spot over REST, and how HTX prints numbers. https://www.htx.com/en-us/opend/newApiPages/"""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby

import msgspec

from tests.exchange.dialect import Call, Result, to_milliseconds
from tests.exchange.market import RandomMarket, Tape, Trade


def answer(call: Call, market: RandomMarket) -> Result:
    match call.path:
        case "v1/common/timestamp":
            return Result({"status": "ok", "data": to_milliseconds(call.now)})
        case "v2/settings/common/symbols":
            symbols = [_symbol(tape) for tape in market.tapes("htx")]
            return Result({"status": "ok", "data": symbols, "ts": str(to_milliseconds(call.now)), "full": 1})
        case "market/history/trade":
            return _history(call, market)
    return Result({"status": "error", "err-code": "invalid-path", "err-msg": "not found"}, 404)


def _history(call: Call, market: RandomMarket) -> Result:
    """The newest `size` groups, one group for each taker's order, everything newest first."""
    symbol, size = call.query.get("symbol", ""), call.query.get("size", "1")
    tape = market.tape("htx", symbol)
    if tape is None:
        return _invalid("invalid symbol", call)
    if not size.isdecimal() or not 1 <= int(size) <= 2000:
        return _invalid("invalid size, valid range: [1,2000]", call)
    orders = [list(trades) for _, trades in groupby(reversed(tape.trades), lambda trade: trade.order_id)]
    groups = [_group(trades) for trades in orders[: int(size)]]
    head = {"ch": f"market.{symbol}.trade.detail", "status": "ok", "ts": to_milliseconds(call.now)}
    return Result({**head, "data": groups})


def _group(trades: list[Trade]) -> dict[str, object]:
    newest = trades[0]
    return {
        "id": newest.order_id,
        "ts": to_milliseconds(newest.traded_at),
        "data": [_row(trade) for trade in trades],
    }


def _row(trade: Trade) -> dict[str, object]:
    """REST spells the id `trade-id`, and rounds the obsolete long one."""
    return {
        "id": msgspec.Raw(f"{Decimal(long_id(trade)):.15e}".encode()),
        "ts": to_milliseconds(trade.traded_at),
        "trade-id": trade.trade_id,
        "amount": number(trade.size),
        "price": number(trade.price),
        "direction": trade.side,
    }


def _symbol(tape: Tape) -> dict[str, object]:
    listing = tape.listing
    return {
        "sc": tape.symbol,
        "dn": f"{listing.base}/{listing.quote}",
        "bc": listing.base.lower(),
        "qc": listing.quote.lower(),
        "state": "online",
        "te": True,
        "tpp": -int(listing.tick.as_tuple().exponent),
        "tap": -int(listing.step.as_tuple().exponent),
    }


def _invalid(message: str, call: Call) -> Result:
    body = {
        "status": "error",
        "err-code": "invalid-parameter",
        "err-msg": message,
        "ts": to_milliseconds(call.now),
    }
    return Result(body)


def long_id(trade: Trade) -> int:
    """The obsolete id: more digits than 64 bits hold."""
    return int(f"{trade.order_id}{trade.trade_id}")


def number(value: Decimal) -> msgspec.Raw:
    """As Java prints a double: `716.0`, and `9.2E-7` below a thousandth or from ten million up."""
    if not value or Decimal("0.001") <= abs(value) < 10_000_000:
        text = f"{value.normalize():f}"
        return msgspec.Raw((text if "." in text else f"{text}.0").encode())
    sign, digits, _ = value.normalize().as_tuple()
    rest = "".join(str(digit) for digit in digits[1:]) or "0"
    return msgspec.Raw(f"{'-' if sign else ''}{digits[0]}.{rest}E{value.adjusted()}".encode())
