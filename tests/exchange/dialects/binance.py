"""Binance spot, the server's side. https://github.com/binance/binance-spot-api-docs"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

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
    Ping,
    Result,
    Say,
    to_milliseconds,
)
from tests.exchange.dialects import binance_rest
from tests.exchange.market import Quote, RandomMarket, Trade

METHODS = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")


class Request(msgspec.Struct):
    method: str
    params: list[str | bool] = []
    id: int | str | None = None


class BinanceConversation(Conversation):
    """A new stream needs no check: Binance acknowledges any name and is silent on an unknown one."""

    def __init__(self, streams: Sequence[str], is_combined: bool, units_per_millisecond: int, limits: Limits) -> None:
        super().__init__()
        self.topics.update(dict.fromkeys(streams))
        self._is_combined, self._units_per_millisecond, self._limits = is_combined, units_per_millisecond, limits
        self._unanswered: dict[bytes, datetime] = {}

    def answer(self, frame: Frame, now: datetime) -> Sequence[Action]:
        try:
            request = msgspec.json.decode(frame, type=Request)
        except msgspec.ValidationError as error:
            return [_error(2, f"Invalid request: {error}")]
        except (msgspec.DecodeError, UnicodeDecodeError):
            return [_error(3, "Invalid JSON: expected value at line 1 column 1")]
        return [self._obey(request)]

    def _obey(self, request: Request) -> Say:
        match request.method, request.params:
            case "SUBSCRIBE", streams:
                return self._subscribe([str(stream) for stream in streams], request.id)
            case "UNSUBSCRIBE", streams:
                for stream in streams:
                    self.topics.pop(str(stream), None)
                return _result(None, request.id)
            case "LIST_SUBSCRIPTIONS", _:
                return _result(list(self.topics), request.id)
            case "GET_PROPERTY", ["combined"]:
                return _result(self._is_combined, request.id)
            case "SET_PROPERTY", ["combined", bool(is_combined)]:
                self._is_combined = is_combined
                return _result(None, request.id)
            case "SET_PROPERTY", ["combined", _]:
                return _error(1, "Invalid value type: expected Boolean")
            case "SET_PROPERTY" | "GET_PROPERTY", _:
                return _error(0, "Unknown property", request.id)
        expected = ", ".join(f"`{method}`" for method in METHODS)
        return _error(2, f"Invalid request: unknown variant `{request.method}`, expected one of {expected}")

    def _subscribe(self, streams: Sequence[str], request_id: int | str | None) -> Say:
        # Neither text is documented: Binance's error table knows no refused stream.
        if self.is_rejecting:
            return _error(2, "Invalid request: subscription refused", request_id)
        limit = self._limits.topics
        if limit is not None and len({*self.topics, *streams}) > limit:
            return _error(2, f"Invalid request: more than {limit} streams", request_id)
        self.topics.update(dict.fromkeys(streams))
        return _result(None, request_id)

    def show_trades(self, trades: tuple[Trade, ...], now: datetime) -> Sequence[Data]:
        name = trades[0].symbol.lower()
        shown = []
        if (stream := f"{name}@trade") in self.topics:
            shown += [Data(self._wrap(stream, self._trade(trade, now)), (trade,)) for trade in trades]
        if (stream := f"{name}@aggTrade") in self.topics:
            shown.append(Data(self._wrap(stream, self._order(trades, now)), trades))
        return shown

    def show_quote(self, quote: Quote, now: datetime) -> Sequence[Data]:
        stream = f"{quote.symbol.lower()}@bookTicker"
        if stream not in self.topics:
            return ()
        payload = {
            "u": quote.number,
            "s": quote.symbol,
            "b": f"{quote.bid:.8f}",
            "B": f"{quote.bid_size:.8f}",
            "a": f"{quote.ask:.8f}",
            "A": f"{quote.ask_size:.8f}",
        }
        return [Data(self._wrap(stream, payload))]

    def beat(self, now: datetime) -> Sequence[Action]:
        oldest = min(self._unanswered.values(), default=now)
        within = self._limits.answer_within
        if within is not None and (now - oldest).total_seconds() >= within:
            return [Close(1008, "Pong timeout")]
        payload = str(to_milliseconds(now)).encode()
        self._unanswered[payload] = now
        return [Ping(payload)]

    def hear_pong(self, payload: bytes) -> Sequence[Action]:
        """Only a pong with the payload of a ping keeps the connection; it answers the earlier pings too."""
        if payload in self._unanswered:
            self._unanswered.clear()
        return ()

    def give_notice(self, now: datetime) -> Sequence[Action]:
        return [Say(self._wrap("!serverShutdown", {"e": "serverShutdown", "E": self._stamp(now)}))]

    def _trade(self, trade: Trade, now: datetime) -> dict[str, object]:
        return {
            "e": "trade",
            "E": self._stamp(now),
            "s": trade.symbol,
            "t": trade.trade_id,
            "p": f"{trade.price:.8f}",
            "q": f"{trade.size:.8f}",
            "T": self._stamp(trade.traded_at),
            "m": trade.side == "sell",
            "M": True,
        }

    def _order(self, trades: tuple[Trade, ...], now: datetime) -> dict[str, object]:
        first, last = trades[0], trades[-1]
        return {
            "e": "aggTrade",
            "E": self._stamp(now),
            "s": first.symbol,
            "a": first.order_id,
            "p": f"{first.price:.8f}",
            "q": f"{sum(trade.size for trade in trades):.8f}",
            "f": first.trade_id,
            "l": last.trade_id,
            "T": self._stamp(first.traded_at),
            "m": first.side == "sell",
            "M": True,
        }

    def _wrap(self, stream: str, payload: dict[str, object]) -> str:
        return _json({"stream": stream, "data": payload} if self._is_combined else payload)

    def _stamp(self, moment: datetime) -> int:
        return to_milliseconds(moment) * self._units_per_millisecond


class Binance(Dialect):
    code = "binance"
    limits = Limits(beat_every=20.0, answer_within=60.0, messages=5, topics=1024, life_after=86_400.0, connects=300)

    def symbol(self, instrument: str) -> str:
        return instrument.replace("-", "")

    def is_socket_path(self, path: str) -> bool:
        return path in ("ws", "stream") or path.startswith("ws/")

    def open(self, handshake: Handshake, market: RandomMarket) -> Conversation:
        is_combined = handshake.path == "stream"
        names = handshake.query.get("streams", "") if is_combined else handshake.path.removeprefix("ws")
        streams = [name for name in names.split("/") if name]
        units = 1000 if handshake.query.get("timeUnit", "").upper() == "MICROSECOND" else 1
        return BinanceConversation(streams, is_combined, units, handshake.limits)

    def is_market_data(self, frame: Frame) -> bool:
        return not msgspec.json.decode(frame, type=dict[str, object]).keys() & {"result", "code"}

    def call(self, call: Call, market: RandomMarket) -> Result:
        return binance_rest.answer(call, market)


def _json(payload: object) -> str:
    return msgspec.json.encode(payload).decode()


def _result(result: object, request_id: int | str | None) -> Say:
    return Say(_json({"result": result, "id": request_id}))


def _error(code: int, message: str, request_id: int | str | None = None) -> Say:
    body: dict[str, object] = {"code": code, "msg": message}
    return Say(_json(body if request_id is None else {**body, "id": request_id}))
