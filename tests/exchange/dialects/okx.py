"""OKX V5 spot, the server's side. https://www.okx.com/docs-v5/en/#overview-websocket"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

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
    plain,
    to_milliseconds,
)
from tests.exchange.dialects import okx_rest
from tests.exchange.market import Quote, RandomMarket, Trade
from tests.exchange.window import Window

CHANNELS = {"ws/v5/public": ("trades", "tickers", "bbo-tbt"), "ws/v5/business": ("trades-all",)}
TRADE_CHANNELS = ("trades", "trades-all")
UPGRADE = "The connection will soon be closed for a service upgrade. Please reconnect."


class Argument(msgspec.Struct, frozen=True):
    channel: str
    instId: str = ""  # noqa: N815

    @property
    def topic(self) -> str:
        return f"{self.channel}:{self.instId}"


class Request(msgspec.Struct):
    op: str
    args: list[Argument]
    id: str | None = None


class OkxConversation(Conversation):
    idle_close = Close(4004, "No data received in 30s.")

    def __init__(self, handshake: Handshake, market: RandomMarket) -> None:
        super().__init__()
        self._market, self._limits = market, handshake.limits
        self._channels = CHANNELS[handshake.path]
        self._connection_id = f"{handshake.number:08x}"
        self._requests = Window(self._limits.requests, self._limits.requests_within)

    def answer(self, frame: Frame, now: datetime) -> Sequence[Action]:
        """`ping` and `pong` are bare words, not JSON."""
        if frame == "ping":
            return [Say("pong", is_pong=True)]
        try:
            request = msgspec.json.decode(frame, type=Request)
        except (msgspec.DecodeError, UnicodeDecodeError):
            text = frame if isinstance(frame, str) else frame.decode(errors="replace")
            return [self._error("60012", f"Invalid request: {text}")]
        if request.op not in ("subscribe", "unsubscribe"):
            return [self._error("60019", f"Invalid op: {request.op}", request.id)]
        if self._requests.is_over(now.timestamp()):
            return [self._error("60014", "Requests too frequent", request.id)]
        change = self._subscribe if request.op == "subscribe" else self._unsubscribe
        return [action for argument in request.args for action in change(argument, request.id)]

    def _subscribe(self, argument: Argument, request_id: str | None) -> Sequence[Action]:
        """Each argument has its answer. The last trade follows, unmarked, as in a capture of 2022."""
        is_listed = self._market.is_listed("okx", argument.instId)
        if argument.channel not in self._channels or not is_listed or self.is_rejecting:
            return [self._error("60018", _no_such_channel(argument), request_id)]
        limit = self._limits.topic_characters
        if limit is not None and sum(map(len, {*self.topics, argument.topic})) > limit:
            return [self._error("60013", f"The total length of channels exceeds {limit}", request_id)]
        self.topics[argument.topic] = None
        ack = self._reply({"event": "subscribe", "arg": argument}, request_id)
        last = tuple(self._market.trades("okx", argument.instId)[-1:])
        is_replayed = last and argument.channel in TRADE_CHANNELS
        return [ack, *(self._push_trades(argument.channel, last) if is_replayed else ())]

    def _unsubscribe(self, argument: Argument, request_id: str | None) -> Sequence[Action]:
        self.topics.pop(argument.topic, None)
        return [self._reply({"event": "unsubscribe", "arg": argument}, request_id)]

    def show_trades(self, trades: tuple[Trade, ...], now: datetime) -> Sequence[Data]:
        return [data for channel in TRADE_CHANNELS for data in self._push_trades(channel, trades)]

    def _push_trades(self, channel: str, trades: tuple[Trade, ...]) -> Sequence[Data]:
        """`trades` puts one taker's order into one row, under its last id; `trades-all` does not."""
        argument = Argument(channel, trades[0].symbol)
        if argument.topic not in self.topics:
            return ()
        if channel == "trades":
            return [Data(_push(argument, _group(trades)), trades)]
        return [Data(_push(argument, _single(trade)), (trade,)) for trade in trades]

    def show_quote(self, quote: Quote, now: datetime) -> Sequence[Data]:
        book, ticker = Argument("bbo-tbt", quote.symbol), Argument("tickers", quote.symbol)
        shown = []
        if book.topic in self.topics:
            shown.append(Data(_push(book, _book(quote))))
        tape = self._market.tape("okx", quote.symbol)
        if tape and ticker.topic in self.topics:
            shown.append(Data(_push(ticker, okx_rest.ticker(quote, tape.day))))
        return shown

    def give_notice(self, now: datetime) -> Sequence[Action]:
        return [self._reply({"event": "notice", "code": "64008", "msg": UPGRADE})]

    def _error(self, code: str, message: str, request_id: str | None = None) -> Say:
        return self._reply({"event": "error", "msg": message, "code": code}, request_id)

    def _reply(self, body: dict[str, object], request_id: str | None = None) -> Say:
        head = {} if request_id is None else {"id": request_id}
        return Say(_json({**head, **body, "connId": self._connection_id}))


class Okx(Dialect):
    code = "okx"
    limits = Limits(
        requests=480,
        requests_within=3600.0,
        topic_characters=65_536,
        idle_after=30.0,
        notice_before=60.0,
        connects=3,
        connects_within=1.0,
    )
    too_many_connects = Result({"code": "50011", "msg": "Too Many Requests", "data": []}, 429)

    def symbol(self, instrument: str) -> str:
        return instrument

    def is_socket_path(self, path: str) -> bool:
        return path in CHANNELS

    def open(self, handshake: Handshake, market: RandomMarket) -> Conversation:
        return OkxConversation(handshake, market)

    def is_market_data(self, frame: Frame) -> bool:
        return frame != "pong" and "event" not in msgspec.json.decode(frame, type=dict[str, object])

    def call(self, call: Call, market: RandomMarket) -> Result:
        return okx_rest.answer(call, market)


def _group(trades: tuple[Trade, ...]) -> dict[str, object]:
    last = trades[-1]
    size = sum((trade.size for trade in trades), start=Decimal(0))
    return {**_single(last), "sz": plain(size), "count": str(len(trades)), "source": "0", "seqId": last.order_id}


def _single(trade: Trade) -> dict[str, object]:
    return {
        "instId": trade.symbol,
        "tradeId": str(trade.trade_id),
        "px": plain(trade.price),
        "sz": plain(trade.size),
        "side": trade.side,
        "ts": str(to_milliseconds(trade.traded_at)),
    }


def _book(quote: Quote) -> dict[str, object]:
    return {
        "asks": [[plain(quote.ask), plain(quote.ask_size), "0", "1"]],
        "bids": [[plain(quote.bid), plain(quote.bid_size), "0", "1"]],
        "ts": str(to_milliseconds(quote.quoted_at)),
        "seqId": quote.number,
    }


def _no_such_channel(argument: Argument) -> str:
    return (
        f"Subscribe failed, wrong URL or channel:{argument.channel},instId:{argument.instId} doesn't exist. "
        "Please use the correct URL, channel and parameters referring to API document."
    )


def _push(argument: Argument, row: dict[str, object]) -> str:
    return _json({"arg": argument, "data": [row]})


def _json(payload: object) -> str:
    return msgspec.json.encode(payload).decode()
