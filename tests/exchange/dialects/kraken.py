"""Kraken V2 spot, the server's side. https://docs.kraken.com/api/docs/guides/spot-ws-intro"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

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
)
from tests.exchange.dialects import kraken_rest
from tests.exchange.dialects.kraken_rows import stamp, ticker_row, trade_row
from tests.exchange.market import Quote, RandomMarket, Trade

CHANNELS = ("trade", "ticker")
SNAPSHOT_TRADES = 50


class Params(msgspec.Struct):
    channel: str = ""
    symbol: list[str] = []
    snapshot: bool | None = None
    event_trigger: str = "trades"


class Request(msgspec.Struct):
    method: str
    params: Params = msgspec.field(default_factory=Params)
    req_id: int | None = None


class KrakenConversation(Conversation):
    def __init__(self, handshake: Handshake, market: RandomMarket) -> None:
        super().__init__()
        self._market, self._number = market, handshake.number
        self._triggers: dict[str, str] = {}
        self._best: dict[str, tuple[object, object]] = {}

    def greet(self, now: datetime) -> Sequence[Action]:
        return [self._status("online")]

    def give_notice(self, now: datetime) -> Sequence[Action]:
        """There is no other warning than a change of status."""
        return [self._status("maintenance")]

    def _status(self, system: str) -> Say:
        row = {"version": "2.0.10", "system": system, "api_version": "v2", "connection_id": self._number}
        return Say(_json({"channel": "status", "type": "update", "data": [row]}))

    def fill_silence(self, now: datetime) -> Sequence[Action]:
        """Nobody hears a heartbeat who has not subscribed to anything."""
        return [Say('{"channel":"heartbeat"}')] if self.topics else ()

    def refuse_flood(self) -> Sequence[Action]:
        """With a capital E and nothing else; the connection stays open."""
        return [Say('{"Error":"Exceeded msg rate"}')]

    def answer(self, frame: Frame, now: datetime) -> Sequence[Action]:
        try:
            request = msgspec.json.decode(frame, type=Request)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return [Say(_json({"error": "Malformed request", "success": False, **_times(now)}))]
        match request.method:
            case "ping":
                return [Say(_reply({"method": "pong"}, request, now), is_pong=True)]
            case "subscribe":
                return [action for symbol in request.params.symbol for action in self._subscribe(symbol, request, now)]
            case "unsubscribe":
                return [self._unsubscribe(symbol, request, now) for symbol in request.params.symbol]
        return [_error("Unsupported event", request, now)]

    def _refusal(self, topic: str, symbol: str, channel: str) -> str | None:
        # "Channel invalid" is on no page.
        if channel not in CHANNELS:
            return "Channel invalid"
        if not self._market.is_listed("kraken", symbol) or self.is_rejecting:
            return f"Currency pair not supported {symbol}"
        return "Already subscribed" if topic in self.topics else None

    def _subscribe(self, symbol: str, request: Request, now: datetime) -> Sequence[Action]:
        """Each symbol has its answer. A ticker begins with a snapshot unless told not to, trades only if asked."""
        params = request.params
        topic = f"{params.channel}:{symbol}"
        refusal = self._refusal(topic, symbol, params.channel)
        if refusal:
            return [_error(refusal, request, now, symbol)]
        self.topics[topic] = None
        is_ticker = params.channel == "ticker"
        has_snapshot = is_ticker if params.snapshot is None else params.snapshot
        result: dict[str, object] = {"channel": params.channel, "snapshot": has_snapshot, "symbol": symbol}
        if is_ticker:
            self._triggers[symbol] = params.event_trigger
            result = {"channel": "ticker", "event_trigger": params.event_trigger, **result}
        ack = Say(_reply({"method": "subscribe", "result": result, "success": True}, request, now))
        return [ack, *(self._snapshot(symbol, is_ticker) if has_snapshot else ())]

    def _unsubscribe(self, symbol: str, request: Request, now: datetime) -> Say:
        topic = f"{request.params.channel}:{symbol}"
        if topic not in self.topics:
            return _error("Subscription Not Found", request, now, symbol)
        del self.topics[topic]
        result = {"channel": request.params.channel, "symbol": symbol}
        return Say(_reply({"method": "unsubscribe", "result": result, "success": True}, request, now))

    def _snapshot(self, symbol: str, is_ticker: bool) -> Sequence[Data]:
        if is_ticker:
            return self._push_ticker(symbol, "snapshot")
        trades = tuple(self._market.trades("kraken", symbol)[-SNAPSHOT_TRADES:])
        return [Data(_push("trade", "snapshot", map(trade_row, trades)), trades)]

    def show_trades(self, trades: tuple[Trade, ...], now: datetime) -> Sequence[Data]:
        symbol = trades[0].symbol
        shown: list[Data] = []
        if f"trade:{symbol}" in self.topics:
            shown.append(Data(_push("trade", "update", map(trade_row, trades)), trades))
        if f"ticker:{symbol}" in self.topics and self._triggers[symbol] == "trades":
            shown += self._push_ticker(symbol, "update")
        return shown

    def show_quote(self, quote: Quote, now: datetime) -> Sequence[Data]:
        """Only where asked for with `bbo`, and only when a price changed: a change of size alone is not told."""
        symbol, best = quote.symbol, (quote.bid, quote.ask)
        is_known = self._best.get(symbol) == best
        self._best[symbol] = best
        if f"ticker:{symbol}" not in self.topics or self._triggers[symbol] != "bbo" or is_known:
            return ()
        return self._push_ticker(symbol, "update")

    def _push_ticker(self, symbol: str, kind: str) -> Sequence[Data]:
        tape = self._market.tape("kraken", symbol)
        if tape is None or tape.quote is None:
            return ()
        return [Data(_push("ticker", kind, [ticker_row(tape.quote, tape.day, tape.listing)]))]


class Kraken(Dialect):
    code = "kraken"
    # The limit of messages is not published. Too many attempts to connect are a ban of ten minutes.
    limits = Limits(silence_after=1.0, idle_after=60.0, connects=150, connects_within=600.0, unban_after=600.0)
    too_many_connects = Result("error code: 1015", 429)

    def symbol(self, instrument: str) -> str:
        return instrument.replace("-", "/")

    def is_socket_path(self, path: str) -> bool:
        return path == "v2"

    def open(self, handshake: Handshake, market: RandomMarket) -> Conversation:
        return KrakenConversation(handshake, market)

    def is_market_data(self, frame: Frame) -> bool:
        channel = msgspec.json.decode(frame, type=dict[str, object]).get("channel")
        return channel not in (None, "status", "heartbeat")

    def call(self, call: Call, market: RandomMarket) -> Result:
        return kraken_rest.answer(call, market)


def _push(channel: str, kind: str, rows: Iterable[dict[str, object]]) -> str:
    return _json({"channel": channel, "type": kind, "data": list(rows)})


def _error(text: str, request: Request, now: datetime, symbol: str | None = None) -> Say:
    body: dict[str, object] = {"error": text, "method": request.method, "success": False}
    return Say(_reply(body if symbol is None else {**body, "symbol": symbol}, request, now))


def _reply(body: dict[str, object], request: Request, now: datetime) -> str:
    """Answers have their keys in the order of the alphabet; data has not."""
    named = {} if request.req_id is None else {"req_id": request.req_id}
    return _json(dict(sorted({**body, **named, **_times(now)}.items())))


def _times(now: datetime) -> dict[str, object]:
    return {"time_in": stamp(now), "time_out": stamp(now)}


def _json(payload: object) -> str:
    return msgspec.json.encode(payload).decode()
