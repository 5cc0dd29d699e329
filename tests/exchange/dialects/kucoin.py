"""KuCoin spot, Classic, the server's side. https://www.kucoin.com/docs-new/websocket-api/base-info/introduction"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec

from tests.exchange.dialect import (
    HANG_UP,
    Action,
    Call,
    Close,
    Conversation,
    Data,
    Dialect,
    Frame,
    Handshake,
    Limits,
    Result,
    Say,
    to_milliseconds,
)
from tests.exchange.dialects import kucoin_rest
from tests.exchange.dialects.kucoin_rows import level_row, match_row, ticker_row
from tests.exchange.market import Quote, RandomMarket, Trade

CHANNELS = ("/market/match", "/market/ticker", "/spotMarket/level1")
SYMBOL = re.compile(r"[A-Z0-9]+-[A-Z0-9]+")
BYE = Close(1000, "Bye")


class Request(msgspec.Struct):
    type: str
    id: int | str = ""
    topic: str = ""
    response: bool = False


class KucoinConversation(Conversation):
    """A symbol that is not listed is acknowledged, and stays silent."""

    def __init__(self, handshake: Handshake, market: RandomMarket) -> None:
        super().__init__()
        self._market, self._limits = market, handshake.limits
        self._id = handshake.query.get("connectId") or f"{handshake.number:024x}"
        self._pinged_at = handshake.now
        token = handshake.query.get("token", "")
        self._is_welcome = handshake.tokens.spend(token, handshake.now, handshake.limits.token_after)

    def greet(self, now: datetime) -> Sequence[Action]:
        """A bad token is told after the handshake, and then the line is cut."""
        if self._is_welcome:
            return [Say(_json({"id": self._id, "type": "welcome"}))]
        return [_error(self._id, 401, "token is expired"), HANG_UP]

    def answer(self, frame: Frame, now: datetime) -> Sequence[Action]:
        try:
            request = msgspec.json.decode(frame, type=Request)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return [_error(self._id, 415, "command type is invalid")]
        match request.type:
            case "ping":
                self._pinged_at = now
                pong = {"id": str(request.id), "type": "pong", "timestamp": to_milliseconds(now) * 1000}
                return [Say(_json(pong), is_pong=True)]
            case "subscribe" | "unsubscribe":
                return self._change(request)
        return [_error(request.id, 415, "command type is invalid")]

    def _change(self, request: Request) -> Sequence[Action]:
        """An acknowledgement comes only if asked for, a refusal always."""
        channel, _, names = request.topic.partition(":")
        symbols = names.split(",")
        refusal = self._refusal(request, channel, symbols)
        if refusal:
            return [_error(request.id, *refusal)]
        for symbol in symbols:
            if request.type == "subscribe":
                self.topics[f"{channel}:{symbol}"] = None
            else:
                self.topics.pop(f"{channel}:{symbol}", None)
        return [Say(_json({"id": str(request.id), "type": "ack"}))] if request.response else ()

    def _refusal(self, request: Request, channel: str, symbols: Sequence[str]) -> tuple[int, str] | None:
        if not request.topic:
            return 406, "topic is required"
        if " " in request.topic:
            return 400, f"topic {request.topic} is invalid"
        if channel not in CHANNELS or (self.is_rejecting and request.type == "subscribe"):
            return 404, "topic does not exist"
        if not all(map(SYMBOL.fullmatch, symbols)):
            return 404, f"topic {request.topic} is not found"
        return self._overload(channel, symbols) if request.type == "subscribe" else None

    def _overload(self, channel: str, symbols: Sequence[str]) -> tuple[int, str] | None:
        args, topics = self._limits.args, self._limits.topics
        if args is not None and len(symbols) > args:
            return 509, f"exceed max subscription count limitation of {args} per time"
        if topics is not None and len({*self.topics, *(f"{channel}:{symbol}" for symbol in symbols)}) > topics:
            return 509, f"exceed max subscription count limitation of {topics} per session"
        return None

    def refuse_flood(self) -> Sequence[Action]:
        return [_error(self._id, 509, "exceed max permits per second"), BYE]

    def beat(self, now: datetime) -> Sequence[Action]:
        """Only the client's pings keep the connection; data does not."""
        within = self._limits.answer_within
        if within is None or (now - self._pinged_at).total_seconds() < within:
            return ()
        return [Say(_json({"type": "error", "code": 400, "data": "ping timeout"})), BYE]

    def show_trades(self, trades: tuple[Trade, ...], now: datetime) -> Sequence[Data]:
        """One frame for each trade."""
        topic = f"/market/match:{trades[0].symbol}"
        if topic not in self.topics:
            return ()
        return [Data(_push(topic, "trade.l3match", match_row(trade)), (trade,)) for trade in trades]

    def show_quote(self, quote: Quote, now: datetime) -> Sequence[Data]:
        tape = self._market.tape("kucoin", quote.symbol)
        shown = []
        if tape and (topic := f"/market/ticker:{quote.symbol}") in self.topics:
            shown.append(Data(_push(topic, "trade.ticker", ticker_row(quote, tape.day))))
        if (topic := f"/spotMarket/level1:{quote.symbol}") in self.topics:
            shown.append(Data(_push(topic, "level1", level_row(quote))))
        return shown


class Kucoin(Dialect):
    code = "kucoin"
    limits = Limits(
        beat_every=1.0,
        ping_every=18.0,
        answer_within=60.0,
        messages=100,
        messages_within=10.0,
        args=100,
        topics=400,
        token_after=24 * 3600.0,
        connects=30,
        connects_within=60.0,
    )
    too_many_connects = Result({"code": "429000", "msg": "Too many requests"}, 429)

    def symbol(self, instrument: str) -> str:
        return instrument

    def is_socket_path(self, path: str) -> bool:
        return path in ("", "endpoint")

    def open(self, handshake: Handshake, market: RandomMarket) -> Conversation:
        return KucoinConversation(handshake, market)

    def is_market_data(self, frame: Frame) -> bool:
        return msgspec.json.decode(frame, type=dict[str, object]).get("type") == "message"

    def call(self, call: Call, market: RandomMarket) -> Result:
        return kucoin_rest.answer(call, market)


def _push(topic: str, subject: str, data: dict[str, object]) -> str:
    return _json({"topic": topic, "type": "message", "subject": subject, "data": data})


def _error(request_id: int | str, code: int, text: str) -> Say:
    return Say(_json({"id": str(request_id), "type": "error", "code": code, "data": text}))


def _json(payload: object) -> str:
    return msgspec.json.encode(payload).decode()
