"""KuCoin spot, Classic. https://www.kucoin.com/docs-new/websocket-api/base-info/introduction

Each connection needs a token from a REST call of its own, and may speak only after the welcome.
"""

import re
from datetime import datetime
from typing import Annotated

import msgspec

from feeds.decimals import parse_whole
from feeds.errors import BadFrame
from feeds.pace import Rate
from feeds.types import Event, Pong, Refused, Side, Subscribed, Welcome, as_quote, as_trade, time_from_ms, time_from_ns
from feeds.venues.base import Endpoint, Frame, HTTPRequest, RawJSON, Request, Row, TradeId, Venue, decode, encode
from feeds.venues.kucoin_rest import KuCoinRest

# The answer of its REST decides where we connect: to KuCoin itself, encrypted, or nowhere.
_is_at_kucoin = re.compile(r"wss://[a-z0-9.-]+\.kucoin\.com(:[0-9]+)?/[a-z]*").fullmatch


class _Head(Row):
    id: str = ""
    type: str = ""
    topic: str = ""
    data: RawJSON = RawJSON(b"")


class _Trade(Row, rename="camel"):
    symbol: str
    trade_id: TradeId
    price: str
    size: str
    side: Side
    time: str


class _Ticker(Row, rename="camel"):
    best_bid: str
    best_bid_size: str
    best_ask: str
    best_ask_size: str
    time: int | None = None  # milliseconds; in trades it is text, in nanoseconds


class _Server(Row, rename="camel"):
    endpoint: str
    ping_interval: Annotated[int, msgspec.Meta(ge=1000)]  # in milliseconds


class _Token(Row, rename="camel"):
    token: str
    instance_servers: Annotated[list[_Server], msgspec.Meta(min_length=1)]


class _Bullet(Row):
    data: _Token


_head = msgspec.json.Decoder(_Head).decode
_trade = msgspec.json.Decoder(_Trade).decode
_ticker = msgspec.json.Decoder(_Ticker).decode
_bullet = msgspec.json.Decoder(_Bullet)


class KuCoin(Venue):
    code = "kucoin"
    name = "KuCoin"
    default_priority = 2
    rest = KuCoinRest()
    # Not a socket: here the token is asked for.
    urls = ("https://api.kucoin.com/api/v1/bullet-public",)
    connects = Rate(30, 60.0)
    messages = Rate(100, 10.0)
    # 400 topics by one page, 300 by another, two for each. All are asked for before the first ping has to come.
    symbols_per_session = 150
    waits_for_welcome = True
    # Ids of the old engine are hexadecimal.
    has_rising_ids = False
    channels = ("match", "ticker")
    separator = "-"
    ping_text = '{"id":"ping","type":"ping"}'

    def prepare(self, url: str) -> HTTPRequest:
        return HTTPRequest("POST", url)

    def endpoint(self, url: str, answer: bytes) -> Endpoint:
        data = decode(_bullet, answer).data
        server = data.instance_servers[0]
        if url.startswith("https://") and not _is_at_kucoin(server.endpoint):
            raise BadFrame("endpoint", server.endpoint)
        return Endpoint(f"{server.endpoint}?token={data.token}", server.ping_interval / 1000)

    def request(self, channel: str, symbol: str, now: datetime) -> Request:
        # No space after the colon: since 2026 that is refused. Without `response` there is no answer.
        key, topic = f"{channel}-{symbol}", f"/market/{channel}:{symbol}"
        return Request(key, encode({"id": key, "type": "subscribe", "topic": topic, "response": True}), symbol)

    def read(self, frame: Frame) -> list[Event]:
        head = _head(frame)
        channel, _, symbol = head.topic.partition(":")
        match head.type, channel:
            case "message", "/market/match":
                row = _trade(head.data)
                traded_at = time_from_ns(parse_whole(row.time))
                return [as_trade(row.symbol, row.trade_id, row.price, row.size, row.side, traded_at)]
            case "message", "/market/ticker":
                return [_read_quote(symbol, _ticker(head.data))]
            case "ack", _:
                return [Subscribed(head.id)]
            case "error", _:
                return [_refusal(head)]
            case "welcome", _:
                return [Welcome()]
            case "pong", _:
                return [Pong()]
        return []


def _refusal(head: _Head) -> Refused:
    # An error of the connection itself, such as an expired token, has an id of the venue's making or none.
    key = head.id if head.id.startswith(KuCoin.channels) else ""
    return Refused(key, bytes(head.data).decode(errors="replace").strip('"'))


def _read_quote(symbol: str, row: _Ticker) -> Event:
    quoted_at = None if row.time is None else time_from_ms(row.time)
    return as_quote(symbol, row.best_bid, row.best_bid_size, row.best_ask, row.best_ask_size, quoted_at)
