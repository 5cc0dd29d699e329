"""OKX spot, V5 public. https://www.okx.com/docs-v5/en/#overview-websocket

A trade of the channel `trades` is what one taker order did at one price; its id is the last of the group.
"""

import re
from collections.abc import Iterable
from datetime import datetime

import msgspec

from feeds.decimals import parse_decimal, parse_whole
from feeds.pace import Rate
from feeds.types import Event, Notice, Pong, Quote, Refused, Side, Subscribed, Trade, time_from_ms
from feeds.venues.base import Frame, RawJSON, Request, TradeId, Venue, decode, encode
from feeds.venues.okx_rest import OKXRest

# In a minute, for an upgrade.
SHUTDOWN = "64008"
# An error names its argument nowhere but in the text.
_find_argument = re.compile(r"\bchannel:([a-z0-9-]+),instId:([A-Z0-9-]+) doesn't exist").search


class _Argument(msgspec.Struct, frozen=True, rename="camel"):
    channel: str = ""
    inst_id: str = ""


class _Head(msgspec.Struct):
    event: str = ""
    arg: _Argument = _Argument()
    code: str = ""
    msg: str = ""
    data: RawJSON = RawJSON(b"")


class _Trade(msgspec.Struct, rename="camel"):
    inst_id: str
    trade_id: TradeId
    px: str
    sz: str
    side: Side
    ts: str


class _Level(msgspec.Struct, array_like=True):
    """A row of price, size, "0" and the number of orders."""

    px: str
    sz: str


class _Book(msgspec.Struct):
    bids: list[_Level]
    asks: list[_Level]
    ts: str


_head = msgspec.json.Decoder(_Head)
_trades = msgspec.json.Decoder(list[_Trade])
_books = msgspec.json.Decoder(list[_Book])


class OKX(Venue):
    code = "okx"
    name = "OKX"
    default_priority = 4
    rest = OKXRest()
    urls = ("wss://ws.okx.com:8443/ws/v5/public",)
    other_hosts = ("wseea.okx.com", "wsus.okx.com")
    connects = Rate(3, 1.0)
    # Subscriptions an hour; pings are free, but few.
    messages = Rate(480, 3600.0)
    # It closes what was silent for 30 s; the ping is bare text, not JSON.
    ping_every = 20.0

    def symbol(self, base: str, quote: str) -> str:
        return f"{base}-{quote}".upper()

    def subscribe(self, symbols: Iterable[str], now: datetime) -> list[Request]:
        # It answers for each argument by itself, so each has a request of its own.
        return [_request(channel, symbol) for symbol in symbols for channel in ("trades", "bbo-tbt")]

    def ping(self, now: datetime) -> str:
        return "ping"

    def parse(self, frame: Frame) -> list[Event]:
        if frame in ("pong", b"pong"):
            return [Pong()]
        head = decode(_head, frame)
        match head.event, head.arg.channel:
            case "", "trades" | "trades-all":
                return [_as_trade(row) for row in decode(_trades, head.data)]
            case "", "bbo-tbt":
                return [quote for book in decode(_books, head.data) for quote in _as_quotes(head.arg.inst_id, book)]
            case "subscribe", channel:
                return [Subscribed(f"{channel} {head.arg.inst_id}")]
            case "error", _:
                return [_refusal(head)]
            case "notice", _:
                return [Notice(f"{head.code}: {head.msg}", is_closing=head.code == SHUTDOWN)]
        return []


def _request(channel: str, symbol: str) -> Request:
    text = encode({"op": "subscribe", "args": [{"channel": channel, "instId": symbol}]})
    return Request(f"{channel} {symbol}", text, symbol)


def _refusal(head: _Head) -> Refused:
    found = _find_argument(head.msg)
    channel, symbol = found.groups() if found else ("", "")
    return Refused(f"{channel} {symbol}".strip(), f"{head.code}: {head.msg}", symbol)


def _as_trade(row: _Trade) -> Trade:
    price, size = parse_decimal(row.px), parse_decimal(row.sz)
    return Trade(row.inst_id, row.trade_id, price, size, row.side, time_from_ms(parse_whole(row.ts)))


def _as_quotes(symbol: str, book: _Book) -> list[Quote]:
    if not (book.bids and book.asks):
        return []
    bid, ask = book.bids[0], book.asks[0]
    bid_px, bid_sz, ask_px, ask_sz = map(parse_decimal, (bid.px, bid.sz, ask.px, ask.sz))
    return [Quote(symbol, bid_px, bid_sz, ask_px, ask_sz, time_from_ms(parse_whole(book.ts)))]
