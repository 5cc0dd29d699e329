"""Gate.io spot, v4. https://www.gate.com/docs/developers/apiv4/ws/en/

A list of pairs is refused whole for one bad pair, so each pair has a request of its own.
"""

import re
from datetime import datetime

import msgspec

from feeds.pace import Rate
from feeds.types import Event, Pong, Refused, Side, Subscribed, as_quote, as_trade, time_from_decimal_ms, time_from_ms
from feeds.venues.base import Frame, RawJSON, Request, Row, TradeNumber, Venue, encode
from feeds.venues.gateio_rest import GateIORest

_find_pair = re.compile(r"unknown currency pair:? ([A-Z0-9_]+)").fullmatch


class _Error(Row):
    message: str = ""


class _Outcome(Row):
    status: str = ""


class _Head(Row):
    channel: str = ""
    event: str = ""
    payload: list[str] = []
    error: _Error | None = None
    result: RawJSON = RawJSON(b"null")


class _Trade(Row):
    """`id` counts all markets, `id_market` (since 2025) this one. The answer of old frames has only the first."""

    id: TradeNumber
    currency_pair: str
    price: str
    amount: str
    side: Side
    create_time_ms: str


class _BookTicker(Row):
    """A side without orders is an empty string."""

    t: int
    s: str
    b: str
    B: str
    a: str
    A: str


_head = msgspec.json.Decoder(_Head).decode
_outcome = msgspec.json.Decoder(_Outcome | None).decode
_trade = msgspec.json.Decoder(_Trade).decode
_ticker = msgspec.json.Decoder(_BookTicker).decode


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
    channels = ("spot.trades", "spot.book_ticker")
    separator = "_"

    def request(self, channel: str, symbol: str, now: datetime) -> Request:
        # `time` is in seconds and has to be within a minute of the venue's clock.
        text = {"time": int(now.timestamp()), "channel": channel, "event": "subscribe", "payload": [symbol]}
        return Request(f"{channel} {symbol}", encode(text), symbol)

    def ping(self, now: datetime) -> str:
        return f'{{"time":{int(now.timestamp())},"channel":"spot.ping"}}'

    def read(self, frame: Frame) -> list[Event]:
        head = _head(frame)
        match head.event, head.channel:
            case "update", "spot.trades":
                row = _trade(head.result)
                traded_at = time_from_decimal_ms(row.create_time_ms)
                return [as_trade(row.currency_pair, str(row.id), row.price, row.amount, row.side, traded_at)]
            case "update", "spot.book_ticker":
                best = _ticker(head.result)
                sides = (best.b, best.B, best.a, best.A)
                return [as_quote(best.s, *sides, time_from_ms(best.t))] if best.b and best.a else []
            case "subscribe", _:
                return [_answer(head)]
            case _, "spot.pong":
                return [Pong()]
        return []


def _answer(head: _Head) -> Subscribed | Refused:
    outcome, text = _outcome(head.result), head.error.message if head.error else ""
    found = _find_pair(text)
    # Old answers have no payload: then only the text of a refusal names the pair.
    symbol = head.payload[0] if head.payload else found[1] if found else ""
    key = f"{head.channel} {symbol}"
    if head.error or (outcome and outcome.status == "fail"):
        return Refused(key, text, symbol)
    return Subscribed(key)
