"""Kraken spot over REST, where it still says XBT. https://docs.kraken.com/api/docs/rest-api/get-recent-trades"""

from __future__ import annotations

from itertools import islice

import msgspec

from tests.exchange.dialect import Call, Result, to_milliseconds
from tests.exchange.market import Listing, RandomMarket, Tape, Trade

# The oldest assets have a short name and a long one.
ASSETS = {
    "BTC": ("XBT", "XXBT"),
    "ETH": ("ETH", "XETH"),
    "LTC": ("LTC", "XLTC"),
    "XRP": ("XRP", "XXRP"),
    "USD": ("USD", "ZUSD"),
    "EUR": ("EUR", "ZEUR"),
}
MOST_TRADES = 1000


def answer(call: Call, market: RandomMarket) -> Result:
    match call.path:
        case "0/public/Time":
            times = {
                "unixtime": to_milliseconds(call.now) // 1000,
                "rfc1123": f"{call.now:%a, %d %b %y %H:%M:%S} +0000",
            }
            return _good(times)
        case "0/public/SystemStatus":
            return _good({"status": "online", "timestamp": f"{call.now:%Y-%m-%dT%H:%M:%SZ}"})
        case "0/public/AssetPairs":
            return _pairs(call, market)
        case "0/public/Trades":
            return _trades(call, market)
    return _error("EGeneral:Unknown method")


def _pairs(call: Call, market: RandomMarket) -> Result:
    tapes = market.tapes("kraken")
    wanted = call.query.get("pair")
    if wanted:
        tapes = [tape for tape in tapes if wanted in _names(tape.listing)]
        if not tapes:
            return _error("EQuery:Unknown asset pair")
    return _good({_names(tape.listing)[0]: _pair(tape.listing) for tape in tapes})


def _trades(call: Call, market: RandomMarket) -> Result:
    """The oldest first, after `since` nanoseconds; without it the newest thousand."""
    wanted, since, count = (call.query.get(name, "") for name in ("pair", "since", "count"))
    if not wanted or not (since or "0").isdecimal() or not (count or "1").isdecimal():
        return _error("EGeneral:Invalid arguments")
    tape = next((tape for tape in market.tapes("kraken") if wanted in _names(tape.listing)), None)
    if tape is None:
        return _error("EQuery:Unknown asset pair")
    most = min(max(int(count or MOST_TRADES), 1), MOST_TRADES)
    trades = _after(tape, int(since), most) if since else list(tape.trades)[-most:]
    last = str(_nanoseconds(trades[-1])) if trades else since or "0"
    return _good({_names(tape.listing)[0]: [_row(trade) for trade in trades], "last": last})


def _after(tape: Tape, since: int, most: int) -> list[Trade]:
    """No page tells whether the trade at `since` is in it; left out is the harder case for a client."""
    return list(islice((trade for trade in tape.trades if _nanoseconds(trade) > since), most))


def _names(listing: Listing) -> tuple[str, str]:
    """The name that keys the result, and the short one: `XXBTZUSD` and `XBTUSD`, but `XBTUSDT` for both."""
    base, quote = (ASSETS.get(asset, (asset, "")) for asset in (listing.base, listing.quote))
    short = base[0] + quote[0]
    return (base[1] + quote[1] if base[1] and quote[1] else short), short


def _pair(listing: Listing) -> dict[str, object]:
    base, quote = (ASSETS.get(asset, (asset, asset)) for asset in (listing.base, listing.quote))
    return {
        "altname": base[0] + quote[0],
        "wsname": f"{base[0]}/{quote[0]}",
        "base": base[1],
        "quote": quote[1],
        "pair_decimals": -int(listing.tick.as_tuple().exponent),
        "lot_decimals": 8,
        "ordermin": f"{listing.step:f}",
        "tick_size": f"{listing.tick:f}",
        "status": "online",
    }


def _row(trade: Trade) -> list[object]:
    places = max(5, -int(trade.price.as_tuple().exponent))
    milliseconds = to_milliseconds(trade.traded_at)
    seconds = msgspec.Raw(f"{milliseconds // 1000}.{milliseconds % 1000:03}".encode())
    return [f"{trade.price:.{places}f}", f"{trade.size:.8f}", seconds, trade.side[0], "m", "", trade.trade_id]


def _nanoseconds(trade: Trade) -> int:
    return to_milliseconds(trade.traded_at) * 1_000_000


def _good(result: dict[str, object]) -> Result:
    return Result({"error": [], "result": result})


def _error(text: str) -> Result:
    """Errors come with status 200."""
    return Result({"error": [text]})
