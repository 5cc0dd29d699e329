"""Gate.io spot, v4. https://www.gate.com/docs/developers/apiv4/ws/en/

A list of pairs is refused whole for one bad pair, so each pair has a request of its own.
"""

import re
from collections.abc import Iterable
from datetime import datetime

import msgspec

from feeds.decimals import parse_decimal
from feeds.pace import Rate
from feeds.types import Event, Pong, Quote, Refused, Side, Subscribed, Trade, time_from_decimal_ms, time_from_ms
from feeds.venues.base import Frame, RawJSON, Request, TradeNumber, Venue, decode, encode
from feeds.venues.gateio_rest import GateIORest

_find_pair = re.compile(r"unknown currency pair:? ([A-Z0-9_]+)").fullmatch


class _Error(msgspec.Struct):
    code: int = 0
    message: str = ""


class _Outcome(msgspec.Struct):
    status: str = ""


class _Head(msgspec.Struct):
    channel: str = ""
    event: str = ""
    payload: list[str] = []
    error: _Error | None = None
    result: RawJSON = RawJSON(b"")


class _Trade(msgspec.Struct):
    """`id` counts all markets, `id_market` (since 2025) this one. The answer of old frames has only the first."""

    id: TradeNumber
    currency_pair: str
    price: str
    amount: str
    side: Side
    create_time_ms: str


class _BookTicker(msgspec.Struct):
    t: int
    s: str
    b: str
    B: str
    a: str
    A: str


_head = msgspec.json.Decoder(_Head)
_trade = msgspec.json.Decoder(_Trade)
_outcome = msgspec.json.Decoder(_Outcome | None)
_ticker = msgspec.json.Decoder(_BookTicker)


class GateIO(Venue):
    code = "gateio"
    name = "Gate.io"
    default_priority = 7
    rest = GateIORest()
    # Without the slash at the end it answers 404.
    urls = ("wss://api.gateio.ws/ws/v4/",)
    connects = Rate(300, 300.0)
    # A connection without frames is closed after 30 s, whatever its data does.
    ping_every = 15.0

    def symbol(self, base: str, quote: str) -> str:
        return f"{base}_{quote}".upper()

    def subscribe(self, symbols: Iterable[str], now: datetime) -> list[Request]:
        return [_request(channel, symbol, now) for symbol in symbols for channel in ("spot.trades", "spot.book_ticker")]

    def ping(self, now: datetime) -> str:
        return f'{{"time":{int(now.timestamp())},"channel":"spot.ping"}}'

    def parse(self, frame: Frame) -> list[Event]:
        head = decode(_head, frame)
        match head.event, head.channel:
            case "update", "spot.trades":
                return [_as_trade(decode(_trade, head.result))]
            case "update", "spot.book_ticker":
                return _as_quotes(decode(_ticker, head.result))
            case "subscribe", _:
                return [_answer(head)]
            case _, "spot.pong":
                return [Pong()]
        return []


def _request(channel: str, symbol: str, now: datetime) -> Request:
    # `time` is in seconds and has to be within a minute of the venue's clock.
    text = {"time": int(now.timestamp()), "channel": channel, "event": "subscribe", "payload": [symbol]}
    return Request(f"{channel} {symbol}", encode(text), symbol)


def _answer(head: _Head) -> Subscribed | Refused:
    outcome, text = decode(_outcome, head.result or b"null"), head.error.message if head.error else ""
    found = _find_pair(text)
    # Old answers have no payload: then only the text of a refusal names the pair.
    symbol = head.payload[0] if head.payload else found[1] if found else ""
    key = f"{head.channel} {symbol}"
    if head.error or (outcome and outcome.status == "fail"):
        return Refused(key, text, symbol)
    return Subscribed(key)


def _as_trade(row: _Trade) -> Trade:
    price, size = parse_decimal(row.price), parse_decimal(row.amount)
    return Trade(row.currency_pair, str(row.id), price, size, row.side, time_from_decimal_ms(row.create_time_ms))


def _as_quotes(row: _BookTicker) -> list[Event]:
    # A side without orders is an empty string.
    if not (row.b and row.a):
        return []
    bid, bid_size, ask, ask_size = map(parse_decimal, (row.b, row.B, row.a, row.A))
    return [Quote(row.s, bid, bid_size, ask, ask_size, time_from_ms(row.t))]
