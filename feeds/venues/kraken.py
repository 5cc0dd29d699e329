"""Kraken spot, WebSocket v2. https://docs.kraken.com/api/docs/websocket-v2/trade

Prices and quantities are JSON numbers, to be read as decimals. Symbols are BTC/USDT; v1's XBT is refused.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from feeds.decimals import parse_number
from feeds.pace import Rate
from feeds.types import Event, Notice, Pong, Quote, Refused, Side, Subscribed, Trade, time_from_text
from feeds.venues.base import Frame, RawJSON, Request, TradeNumber, Venue, decode, encode
from feeds.venues.kraken_rest import KrakenRest


class _Result(msgspec.Struct, frozen=True):
    channel: str = ""
    symbol: str = ""


class _Head(msgspec.Struct):
    """A flood is answered by {"Error": ...} with a capital and nothing else."""

    channel: str = ""
    data: RawJSON = RawJSON(b"")
    method: str = ""
    success: bool | None = None
    error: str = ""
    result: _Result = _Result()
    symbol: str = ""
    Error: str = ""


class _Trade(msgspec.Struct):
    symbol: str
    side: Side
    price: RawJSON
    qty: RawJSON
    trade_id: TradeNumber
    timestamp: str


class _Ticker(msgspec.Struct):
    """Older builds send no timestamp; a market without orders is all zeros and of 1970."""

    symbol: str
    bid: RawJSON
    bid_qty: RawJSON
    ask: RawJSON
    ask_qty: RawJSON
    timestamp: str = ""


class _Status(msgspec.Struct):
    system: str


_head = msgspec.json.Decoder(_Head)
_trades = msgspec.json.Decoder(list[_Trade])
_tickers = msgspec.json.Decoder(list[_Ticker])
_statuses = msgspec.json.Decoder(list[_Status])


class Kraken(Venue):
    code = "kraken"
    name = "Kraken"
    default_priority = 6
    rest = KrakenRest()
    urls = ("wss://ws.kraken.com/v2",)
    connects = Rate(150, 600.0)
    # An idle connection is closed after about a minute.
    ping_every = 20.0

    def symbol(self, base: str, quote: str) -> str:
        return f"{base}/{quote}".upper()

    def subscribe(self, symbols: Iterable[str], now: datetime) -> list[Request]:
        options: dict[str, dict[str, object]] = {"trade": {"snapshot": False}, "ticker": {"event_trigger": "bbo"}}
        return [_request(channel, symbol, options[channel]) for symbol in symbols for channel in options]

    def ping(self, now: datetime) -> str:
        return '{"method":"ping"}'

    def parse(self, frame: Frame) -> list[Event]:
        head = decode(_head, frame)
        match head.channel:
            case "trade":
                return [_as_trade(row) for row in decode(_trades, head.data)]
            case "ticker":
                return [_as_quote(row) for row in decode(_tickers, head.data)]
            case "status":
                return [
                    Notice(f"system is {row.system}") for row in decode(_statuses, head.data) if row.system != "online"
                ]
        if head.method == "pong":
            return [Pong()]
        if head.Error or head.error == "Already subscribed":
            return [Notice(head.Error or head.error)]
        return _answer(head) if head.method == "subscribe" else []


def _request(channel: str, symbol: str, options: dict[str, object]) -> Request:
    params = {"channel": channel, "symbol": [symbol], **options}
    return Request(f"{channel} {symbol}", encode({"method": "subscribe", "params": params}), symbol)


def _answer(head: _Head) -> list[Event]:
    if head.success:
        return [Subscribed(f"{head.result.channel} {head.result.symbol}")]
    # It names the symbol, but not the channel.
    return [Refused("", head.error, head.symbol)]


def _as_trade(row: _Trade) -> Trade:
    price, size = parse_number(row.price), parse_number(row.qty)
    return Trade(row.symbol, str(row.trade_id), price, size, row.side, time_from_text(row.timestamp))


def _as_quote(row: _Ticker) -> Quote:
    bid, bid_size, ask, ask_size = (parse_number(raw) for raw in (row.bid, row.bid_qty, row.ask, row.ask_qty))
    quoted_at = time_from_text(row.timestamp) if row.timestamp else None
    return Quote(row.symbol, bid, bid_size, ask, ask_size, quoted_at)
