"""OKX spot, V5 public. https://www.okx.com/docs-v5/en/#overview-websocket

A trade of the channel `trades` is what one taker order did at one price; its id is the last of the group.
"""

import re
from datetime import datetime
from typing import Annotated

import msgspec

from feeds.decimals import parse_whole
from feeds.pace import Rate
from feeds.types import Event, Notice, Pong, Refused, Side, Subscribed, as_quote, as_trade, time_from_ms
from feeds.venues.base import Frame, RawJSON, Request, Row, TradeDigits, Venue, encode
from feeds.venues.okx_rest import OKXRest

# In a minute, for an upgrade.
SHUTDOWN = "64008"
# An error names its argument nowhere but in the text.
_find_argument = re.compile(r"\bchannel:([a-z0-9-]+),instId:([A-Z0-9-]+) doesn't exist").search


class _Argument(Row, rename="camel"):
    channel: str = ""
    inst_id: str = ""


class _Head(Row):
    event: str = ""
    arg: _Argument = msgspec.field(default_factory=_Argument)
    code: str = ""
    msg: str = ""
    data: RawJSON = RawJSON(b"")


class _Trade(Row, rename="camel"):
    """`count` is how many ids it stands for; frames before 2024 do not have it."""

    inst_id: str
    trade_id: TradeDigits
    px: str
    sz: str
    side: Side
    ts: str
    count: Annotated[str, msgspec.Meta(pattern=r"\A[1-9][0-9]{0,4}\Z")] = "1"


class _Level(Row, array_like=True):
    """A row of price, size, "0" and the number of orders."""

    px: str
    sz: str


class _Book(Row):
    """A side that is empty has no best price."""

    bids: list[_Level]
    asks: list[_Level]
    ts: str


_head = msgspec.json.Decoder(_Head).decode
_trades = msgspec.json.Decoder(list[_Trade]).decode
_books = msgspec.json.Decoder(list[_Book]).decode


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
    ping_text = "ping"
    channels = ("trades", "bbo-tbt")
    separator = "-"
    # With `count`. https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-trades-channel
    has_consecutive_ids = True

    def request(self, channel: str, symbol: str, now: datetime) -> Request:
        text = encode({"op": "subscribe", "args": [{"channel": channel, "instId": symbol}]})
        return Request(f"{channel} {symbol}", text, symbol)

    def read(self, frame: Frame) -> list[Event]:
        if frame in ("pong", b"pong"):
            return [Pong()]
        head = _head(frame)
        match head.event, head.arg.channel:
            case "", "trades" | "trades-all":
                return [_read_trade(row) for row in _trades(head.data)]
            case "", "bbo-tbt":
                books = [book for book in _books(head.data) if book.bids and book.asks]
                return [_read_quote(head.arg.inst_id, book) for book in books]
            case "subscribe", channel:
                return [Subscribed(f"{channel} {head.arg.inst_id}")]
            case "error", _:
                return [_refusal(head)]
            case "notice", _:
                return [Notice(f"{head.code}: {head.msg}", is_closing=head.code == SHUTDOWN)]
        return []


def _refusal(head: _Head) -> Refused:
    found = _find_argument(head.msg)
    channel, symbol = found.groups() if found else ("", "")
    return Refused(f"{channel} {symbol}".strip(), f"{head.code}: {head.msg}", symbol)


def _read_trade(row: _Trade) -> Event:
    trade = as_trade(row.inst_id, row.trade_id, row.px, row.sz, row.side, time_from_ms(parse_whole(row.ts)))
    return trade if row.count == "1" else msgspec.structs.replace(trade, count=int(row.count))


def _read_quote(symbol: str, book: _Book) -> Event:
    bid, ask = book.bids[0], book.asks[0]
    return as_quote(symbol, bid.px, bid.sz, ask.px, ask.sz, time_from_ms(parse_whole(book.ts)))
