"""Kraken spot, WebSocket v2. https://docs.kraken.com/api/docs/websocket-v2/trade

Prices and quantities are JSON numbers, to be read as decimals. Symbols are BTC/USDT; v1's XBT is refused.
"""

from datetime import datetime

import msgspec

from feeds.decimals import write_out
from feeds.pace import Rate
from feeds.types import Event, Notice, Pong, Refused, Side, Subscribed, as_quote, as_trade, time_from_text
from feeds.venues.base import Frame, RawJSON, Request, Row, TradeNumber, Venue, encode
from feeds.venues.kraken_rest import KrakenRest

# No old trades, and every change of the best prices.
OPTIONS: dict[str, dict[str, object]] = {"trade": {"snapshot": False}, "ticker": {"event_trigger": "bbo"}}


class _Result(Row):
    channel: str = ""
    symbol: str = ""


class _Head(Row):
    """A flood is answered by {"Error": ...} with a capital and nothing else."""

    channel: str = ""
    data: RawJSON = RawJSON(b"")
    method: str = ""
    success: bool | None = None
    error: str = ""
    symbol: str = ""
    result: _Result = msgspec.field(default_factory=_Result)
    Error: str = ""


class _Trade(Row):
    symbol: str
    side: Side
    price: RawJSON
    qty: RawJSON
    trade_id: TradeNumber
    timestamp: str


class _Ticker(Row):
    """Older builds send no timestamp; a market without orders is all zeros and of 1970."""

    symbol: str
    bid: RawJSON
    bid_qty: RawJSON
    ask: RawJSON
    ask_qty: RawJSON
    timestamp: str = ""


class _Status(Row):
    system: str


_head = msgspec.json.Decoder(_Head).decode
_trades = msgspec.json.Decoder(list[_Trade]).decode
_tickers = msgspec.json.Decoder(list[_Ticker]).decode
_statuses = msgspec.json.Decoder(list[_Status]).decode


class Kraken(Venue):
    code = "kraken"
    name = "Kraken"
    default_priority = 6
    rest = KrakenRest()
    urls = ("wss://ws.kraken.com/v2",)
    connects = Rate(150, 600.0)
    # An idle connection is closed after about a minute.
    ping_every = 20.0
    ping_text = '{"method":"ping"}'
    channels = ("trade", "ticker")
    separator = "/"
    # A sequence of each book. https://docs.kraken.com/api/docs/websocket-v2/trade
    has_consecutive_ids = True

    def request(self, channel: str, symbol: str, now: datetime) -> Request:
        params = {"channel": channel, "symbol": [symbol], **OPTIONS[channel]}
        return Request(f"{channel} {symbol}", encode({"method": "subscribe", "params": params}), symbol)

    def read(self, frame: Frame) -> list[Event]:
        head = _head(frame)
        match head.channel:
            case "":
                return _answer(head)
            case "trade":
                return [_read_trade(row) for row in _trades(head.data)]
            case "ticker":
                return [_read_quote(row) for row in _tickers(head.data)]
            case "status":
                return [Notice(f"system is {row.system}") for row in _statuses(head.data) if row.system != "online"]
        return []


def _answer(head: _Head) -> list[Event]:
    if head.method == "pong":
        return [Pong()]
    if head.Error or head.error == "Already subscribed":
        return [Notice(head.Error or head.error)]
    if head.success is False:
        # It names the symbol, but not the channel.
        return [Refused("", head.error, head.symbol)]
    return [Subscribed(f"{head.result.channel} {head.result.symbol}")] if head.method == "subscribe" else []


def _read_trade(row: _Trade) -> Event:
    price, size = write_out(row.price), write_out(row.qty)
    return as_trade(row.symbol, str(row.trade_id), price, size, row.side, time_from_text(row.timestamp))


def _read_quote(row: _Ticker) -> Event:
    numbers = (write_out(row.bid), write_out(row.bid_qty), write_out(row.ask), write_out(row.ask_qty))
    return as_quote(row.symbol, *numbers, time_from_text(row.timestamp) if row.timestamp else None)
