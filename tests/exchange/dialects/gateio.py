"""Gate spot V4, the server's side. https://www.gate.com/docs/developers/apiv4/ws/en/"""

from __future__ import annotations

from collections.abc import Sequence
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
    plain,
    to_milliseconds,
)
from tests.exchange.dialects import gateio_rest
from tests.exchange.market import Quote, RandomMarket, Trade

CHANNELS = ("spot.trades", "spot.book_ticker")
CLOCKS_DIFFER_BY = 60  # seconds, at most
BAD_BODY, BAD_ARGUMENT = 1, 2


class Request(msgspec.Struct):
    time: int
    channel: str
    event: str = ""
    payload: list[str] = []
    id: int | None = None


class Failure(msgspec.Struct):
    code: int
    message: str


class GateioConversation(Conversation):
    def __init__(self, handshake: Handshake, market: RandomMarket) -> None:
        super().__init__()
        self._market = market
        self._connection_id = f"{handshake.number:016x}"

    def answer(self, frame: Frame, now: datetime) -> Sequence[Action]:
        """What is not JSON has no answer; the connection stays open."""
        try:
            request = msgspec.json.decode(frame, type=Request)
        except msgspec.ValidationError:
            refusal = Failure(BAD_BODY, "request payload does not follow json schema")
            return [self._reply(Request(0, ""), now, {"error": refusal, "result": {"status": "fail"}})]
        except (msgspec.DecodeError, UnicodeDecodeError):
            return ()
        if request.channel == "spot.ping":
            pong = {**self._head(request, now), "channel": "spot.pong", "event": "", "result": None}
            return [Say(_json(pong), is_pong=True)]
        return [self._change(request, now)]

    def _change(self, request: Request, now: datetime) -> Say:
        """One bad pair fails the whole list."""
        refusal = self._refusal(request, now)
        if refusal:
            return self._reply(request, now, {"error": refusal, "result": {"status": "fail"}})
        for pair in request.payload:
            if request.event == "subscribe":
                self.topics[f"{request.channel}:{pair}"] = None
            else:
                self.topics.pop(f"{request.channel}:{pair}", None)
        return self._reply(request, now, {"result": {"status": "success"}})

    def _refusal(self, request: Request, now: datetime) -> Failure | None:
        # Of these texts only the one about the pair has been seen on the spot socket.
        if abs(now.timestamp() - request.time) > CLOCKS_DIFFER_BY:
            return Failure(BAD_BODY, f"request time {request.time} is more than {CLOCKS_DIFFER_BY} seconds off")
        if request.event not in ("subscribe", "unsubscribe") or not request.payload:
            return Failure(BAD_BODY, "request payload does not follow json schema")
        if request.channel not in CHANNELS:
            return Failure(BAD_ARGUMENT, f"unknown channel: {request.channel}")
        is_rejected = self.is_rejecting and request.event == "subscribe"
        for pair in request.payload:
            if is_rejected or not self._market.is_listed("gateio", pair):
                return Failure(BAD_ARGUMENT, f"unknown currency pair: {pair}")
        return None

    def _reply(self, request: Request, now: datetime, outcome: dict[str, object]) -> Say:
        body = {**self._head(request, now), "channel": request.channel, "event": request.event}
        return Say(_json({**body, "payload": request.payload, **outcome}))

    def _head(self, request: Request, now: datetime) -> dict[str, object]:
        """Without `id` in the question there is none in the answer."""
        named = {} if request.id is None else {"id": request.id}
        return {**_times(now), **named, "conn_id": self._connection_id}

    def show_trades(self, trades: tuple[Trade, ...], now: datetime) -> Sequence[Data]:
        """One frame for each trade."""
        if f"spot.trades:{trades[0].symbol}" not in self.topics:
            return ()
        return [Data(_push("spot.trades", _trade(trade), now), (trade,)) for trade in trades]

    def show_quote(self, quote: Quote, now: datetime) -> Sequence[Data]:
        if f"spot.book_ticker:{quote.symbol}" not in self.topics:
            return ()
        result = {
            "t": to_milliseconds(quote.quoted_at),
            "u": quote.number,
            "s": quote.symbol,
            "b": plain(quote.bid),
            "B": plain(quote.bid_size),
            "a": plain(quote.ask),
            "A": plain(quote.ask_size),
        }
        return [Data(_push("spot.book_ticker", result, now))]


class Gateio(Dialect):
    code = "gateio"
    limits = Limits(idle_after=30.0)

    def symbol(self, instrument: str) -> str:
        return instrument.replace("-", "_")

    def is_socket_path(self, path: str) -> bool:
        """Without the slash at the end it is a 404."""
        return path == "ws/v4/"

    def open(self, handshake: Handshake, market: RandomMarket) -> Conversation:
        return GateioConversation(handshake, market)

    def is_market_data(self, frame: Frame) -> bool:
        return msgspec.json.decode(frame, type=dict[str, object]).get("event") == "update"

    def call(self, call: Call, market: RandomMarket) -> Result:
        return gateio_rest.answer(call, market)


def _trade(trade: Trade) -> dict[str, object]:
    """Both ids are the same here, as in a frame of 2026."""
    milliseconds = to_milliseconds(trade.traded_at)
    return {
        "id": trade.trade_id,
        "id_market": trade.trade_id,
        "create_time": milliseconds // 1000,
        "create_time_ms": f"{milliseconds}.000000",
        "side": trade.side,
        "currency_pair": trade.symbol,
        "amount": plain(trade.size),
        "price": plain(trade.price),
        "range": f"{trade.trade_id}-{trade.trade_id}",
        "trade_mode": 0,
    }


def _push(channel: str, result: dict[str, object], now: datetime) -> str:
    return _json({**_times(now), "channel": channel, "event": "update", "result": result})


def _times(now: datetime) -> dict[str, object]:
    milliseconds = to_milliseconds(now)
    return {"time": milliseconds // 1000, "time_ms": milliseconds}


def _json(payload: object) -> str:
    return msgspec.json.encode(payload).decode()
