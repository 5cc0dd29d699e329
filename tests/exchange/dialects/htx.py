"""HTX (formerly Huobi) spot, the server's side. https://www.htx.com/en-us/opend/newApiPages/"""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from tests.exchange.dialect import (
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
from tests.exchange.dialects import htx_rest
from tests.exchange.dialects.htx_rest import long_id, number
from tests.exchange.market import Quote, RandomMarket, Trade

TOPIC = re.compile(r"market\.([a-z0-9]+)\.(trade\.detail|bbo|ticker|detail|depth\.step[0-5]|kline\.\w+)")
PINGS_MISSED = 2
REQUESTS_EVERY = timedelta(milliseconds=100)


class Request(msgspec.Struct):
    id: int | str = ""
    sub: str | list[str] = []
    unsub: str | list[str] = []
    req: str = ""
    pong: int | None = None


class HtxConversation(Conversation):
    def __init__(self, market: RandomMarket) -> None:
        super().__init__()
        self._market = market
        self._unanswered: list[int] = []
        self._requested_at: datetime | None = None

    def answer(self, frame: Frame, now: datetime) -> Sequence[Action]:
        try:
            request = msgspec.json.decode(frame, type=Request)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return [_error("", "not json, is not json string", now)]
        if request.pong is not None:
            return self._hear(request.pong, now)
        if request.req:
            return [self._show_once(request, now)]
        actions = [action for topic in _listed(request.sub) for action in self._subscribe(topic, request.id, now)]
        return actions + [self._unsubscribe(topic, request.id, now) for topic in _listed(request.unsub)]

    def _hear(self, pong: int, now: datetime) -> Sequence[Action]:
        if pong not in self._unanswered:
            return [_error(None, "invalid ping", now)]
        self._unanswered.clear()
        return ()

    def _refusal(self, topic: str) -> str | None:
        match = TOPIC.fullmatch(topic)
        if match is None or self.is_rejecting:
            return f"invalid topic {topic}"
        return None if self._market.is_listed("htx", match[1]) else f"invalid symbol {match[1]}"

    def _subscribe(self, topic: str, request_id: int | str, now: datetime) -> list[Action]:
        """The last trade follows the acknowledgement, unmarked, as in a capture of 2021."""
        refusal = self._refusal(topic)
        if refusal:
            return [_error(request_id, refusal, now)]
        self.topics[topic] = None
        ack = _pack({"id": request_id, "status": "ok", "subbed": topic, "ts": to_milliseconds(now)})
        last = self._market.trades("htx", topic.split(".")[1])[-1:]
        return [
            Say(ack),
            *(self.show_trades(tuple(last), now) if last and topic.endswith("trade.detail") else ()),
        ]

    def _unsubscribe(self, topic: str, request_id: int | str, now: datetime) -> Say:
        if topic not in self.topics:
            return _error(request_id, f"unsub with not subbed topic {topic}", now)
        del self.topics[topic]
        return Say(_pack({"id": request_id, "status": "ok", "unsubbed": topic, "ts": to_milliseconds(now)}))

    def _show_once(self, request: Request, now: datetime) -> Say:
        """A pull answers with the recent trades; other topics have nothing to show here."""
        asked_at, self._requested_at = self._requested_at, now
        if asked_at and now - asked_at < REQUESTS_EVERY:
            return _error(request.id, "429 too many request", now)
        refusal = self._refusal(request.req)
        if refusal:
            return _error(request.id, refusal, now)
        trades = self._market.trades("htx", request.req.split(".")[1]) if "trade" in request.req else []
        rows = [_row(trade) for trade in reversed(trades[-300:])]
        head = {"id": request.id, "rep": request.req, "status": "ok", "ts": to_milliseconds(now)}
        return Say(_pack({**head, "data": rows}))

    def show_trades(self, trades: tuple[Trade, ...], now: datetime) -> Sequence[Data]:
        """All trades of one taker's order in one frame, the newest first."""
        newest = trades[-1]
        topic = f"market.{newest.symbol}.trade.detail"
        if topic not in self.topics:
            return ()
        tick = {
            "id": newest.order_id,
            "ts": to_milliseconds(newest.traded_at),
            "data": [_row(trade) for trade in reversed(trades)],
        }
        return [Data(_pack({"ch": topic, "ts": to_milliseconds(now), "tick": tick}), trades)]

    def show_quote(self, quote: Quote, now: datetime) -> Sequence[Data]:
        topic = f"market.{quote.symbol}.bbo"
        if topic not in self.topics:
            return ()
        tick = {
            "seqId": quote.number,
            "ask": number(quote.ask),
            "askSize": number(quote.ask_size),
            "bid": number(quote.bid),
            "bidSize": number(quote.bid_size),
            "quoteTime": to_milliseconds(quote.quoted_at),
            "symbol": quote.symbol,
        }
        return [Data(_pack({"ch": topic, "ts": to_milliseconds(now), "tick": tick}))]

    def beat(self, now: datetime) -> Sequence[Action]:
        if len(self._unanswered) >= PINGS_MISSED:
            return [Close(1003, "ping check expired")]
        self._unanswered.append(to_milliseconds(now))
        return [Say(_pack({"ping": self._unanswered[-1]}))]


class Htx(Dialect):
    code = "htx"
    limits = Limits(beat_every=5.0)

    def symbol(self, instrument: str) -> str:
        return instrument.replace("-", "").lower()

    def is_socket_path(self, path: str) -> bool:
        return path == "ws"

    def open(self, handshake: Handshake, market: RandomMarket) -> Conversation:
        return HtxConversation(market)

    def is_market_data(self, frame: Frame) -> bool:
        text = gzip.decompress(frame) if isinstance(frame, bytes) else frame
        return "ch" in msgspec.json.decode(text, type=dict[str, object])

    def call(self, call: Call, market: RandomMarket) -> Result:
        return htx_rest.answer(call, market)


def _row(trade: Trade) -> dict[str, object]:
    return {
        "id": long_id(trade),
        "ts": to_milliseconds(trade.traded_at),
        "tradeId": trade.trade_id,
        "amount": number(trade.size),
        "price": number(trade.price),
        "direction": trade.side,
    }


def _listed(topics: str | list[str]) -> list[str]:
    return [topics] if isinstance(topics, str) else topics


def _pack(payload: dict[str, object]) -> bytes:
    return gzip.compress(msgspec.json.encode(payload), compresslevel=6, mtime=0)


def _error(request_id: int | str | None, message: str, now: datetime) -> Say:
    body: dict[str, object] = {"status": "error", "ts": to_milliseconds(now)}
    if request_id is not None:
        body["id"] = request_id
    return Say(_pack({**body, "err-code": "bad-request", "err-msg": message}))
