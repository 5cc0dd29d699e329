"""Bybit V5 spot, the server's side. https://bybit-exchange.github.io/docs/v5/ws/connect"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from tests.exchange.dialect import (
    Action,
    Call,
    Conversation,
    Data,
    Dialect,
    Frame,
    Handshake,
    Limits,
    Result,
    Say,
    plain,
    to_milliseconds,
)
from tests.exchange.dialects import bybit_rest
from tests.exchange.market import Quote, RandomMarket, Trade

TOPIC = re.compile(r"(publicTrade|tickers|orderbook\.(?:1|50|200|1000)|kline\.\w+)\.(\w+)")
# A best price that stands still is told again, under the same number.
BOOK_REPEATED_AFTER = timedelta(seconds=3)


class Request(msgspec.Struct):
    op: str = ""
    args: list[str] = []
    req_id: str | None = None


class BybitConversation(Conversation):
    def __init__(self, handshake: Handshake, market: RandomMarket) -> None:
        super().__init__()
        self._market, self._limits = market, handshake.limits
        self._connection_id = f"d9avt8shteepr{handshake.number:07d}-4zd1x"
        self._books: dict[str, tuple[Quote, datetime]] = {}

    def answer(self, frame: Frame, now: datetime) -> Sequence[Action]:
        try:
            request = msgspec.json.decode(frame, type=Request)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return [self._reply(Request(), "Params Error")]  # no page tells this text
        match request.op:
            case "ping":
                return [self._reply(request, "pong", is_success=True, is_pong=True)]
            case "subscribe":
                return [self._subscribe(request)]
            case "unsubscribe":
                for topic in request.args:
                    self.topics.pop(topic, None)
                    self._books.pop(topic, None)
                return [self._reply(request, request.op, is_success=True)]
        return [self._reply(request, f"error:unknown operation {request.op}")]  # nor this one

    def _subscribe(self, request: Request) -> Say:
        """One bad topic refuses the whole request: no page tells, and this is the harder case for a client."""
        refusal = self._overload(request.args) or next(filter(None, map(self._refusal, request.args)), None)
        if refusal:
            return self._reply(request, refusal)
        self.topics.update(dict.fromkeys(request.args))
        return self._reply(request, request.op, is_success=True)

    def _overload(self, topics: Sequence[str]) -> str | None:
        args, characters = self._limits.args, self._limits.topic_characters
        if args is not None and len(topics) > args:
            return f"args size >{args}"
        if characters is not None and sum(map(len, {*self.topics, *topics})) > characters:
            return f"args length >{characters}"
        return None

    def _refusal(self, topic: str) -> str | None:
        match = TOPIC.fullmatch(topic)
        if match is None or self.is_rejecting:
            return f"error:handler not found,topic:{topic}"
        if topic in self.topics:
            return f"error:already subscribed,topic:{topic}"
        return None if self._market.is_listed("bybit", match[2]) else f"Invalid symbol :[{topic}]"

    def _reply(self, request: Request, text: str, *, is_success: bool = False, is_pong: bool = False) -> Say:
        """Without `req_id` in the question there is none in the answer."""
        body: dict[str, object] = {"success": is_success, "ret_msg": text, "conn_id": self._connection_id}
        if request.req_id is not None:
            body["req_id"] = request.req_id
        return Say(_json({**body, "op": request.op}), is_pong)

    def show_trades(self, trades: tuple[Trade, ...], now: datetime) -> Sequence[Data]:
        """The oldest first. Every frame calls itself a snapshot."""
        topic = f"publicTrade.{trades[0].symbol}"
        if topic not in self.topics:
            return ()
        rows = [_row(trade) for trade in trades]
        return [Data(_json({"topic": topic, "ts": to_milliseconds(now), "type": "snapshot", "data": rows}), trades)]

    def show_quote(self, quote: Quote, now: datetime) -> Sequence[Data]:
        topic = f"orderbook.1.{quote.symbol}"
        return [self._show_book(topic, quote, now)] if topic in self.topics else []

    def beat(self, now: datetime) -> Sequence[Action]:
        """Repeat the books that did not change."""
        books = list(self._books.items())
        return [
            self._show_book(topic, quote, now)
            for topic, (quote, shown_at) in books
            if now - shown_at >= BOOK_REPEATED_AFTER
        ]

    def _show_book(self, topic: str, quote: Quote, now: datetime) -> Data:
        self._books[topic] = (quote, now)
        data = {
            "s": quote.symbol,
            "b": [[plain(quote.bid), plain(quote.bid_size)]],
            "a": [[plain(quote.ask), plain(quote.ask_size)]],
            "u": quote.number,
            "seq": quote.number,
        }
        head = {"topic": topic, "ts": to_milliseconds(now), "type": "snapshot"}
        return Data(_json({**head, "data": data, "cts": to_milliseconds(quote.quoted_at)}))


class Bybit(Dialect):
    code = "bybit"
    limits = Limits(beat_every=1.0, args=10, topic_characters=21_000, idle_after=600.0, connects=500)
    too_many_connects = Result({"msg": "access too frequent"}, 403)

    def symbol(self, instrument: str) -> str:
        return instrument.replace("-", "")

    def is_socket_path(self, path: str) -> bool:
        return path == "v5/public/spot"

    def open(self, handshake: Handshake, market: RandomMarket) -> Conversation:
        return BybitConversation(handshake, market)

    def is_market_data(self, frame: Frame) -> bool:
        return "topic" in msgspec.json.decode(frame, type=dict[str, object])

    def call(self, call: Call, market: RandomMarket) -> Result:
        return bybit_rest.answer(call, market)


def _row(trade: Trade) -> dict[str, object]:
    return {
        "i": str(trade.trade_id),
        "T": to_milliseconds(trade.traded_at),
        "p": plain(trade.price),
        "v": plain(trade.size),
        "S": trade.side.capitalize(),
        "seq": trade.order_id,
        "s": trade.symbol,
        "BT": False,
        "RPI": False,
    }


def _json(payload: object) -> str:
    return msgspec.json.encode(payload).decode()
