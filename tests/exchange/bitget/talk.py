"""What private and public sockets have in common: requests, text pings, and the end for want of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tests.exchange.bitget.limits import MESSAGE_BYTES
from tests.exchange.bitget.spelling import Row
from tests.exchange.bitget.wire import Wire, text
from tests.exchange.dialect import HANG_UP, Action, Close, Conversation, Data, Frame, Handshake, Say
from tests.exchange.market import Quote, Trade
from tests.exchange.window import Window

if TYPE_CHECKING:
    from tests.exchange.bitget.desk import BitgetDesk


class Request(msgspec.Struct):
    op: str
    args: list[Row] = []


class Talk(Conversation):
    """`topics` are the subscribed channels, or the symbols whose ticker is."""

    def __init__(self, desk: BitgetDesk, wire: Wire, handshake: Handshake) -> None:
        super().__init__()
        self.desk, self.wire, self._limits = desk, wire, handshake.limits
        self._pinged_at = handshake.now
        self._requests = Window(handshake.limits.requests, handshake.limits.requests_within)

    @abstractmethod
    def login(self, arg: Row) -> Sequence[Action]: ...

    @abstractmethod
    def subscribe(self, arg: Row) -> Sequence[Action]:
        """One of a request's args; each is answered by itself."""

    @abstractmethod
    def unsubscribe(self, arg: Row) -> None: ...

    def answer(self, frame: Frame, now: datetime) -> Sequence[Action]:
        if frame == "ping":
            self._pinged_at = now
            return [Say("pong", is_pong=True)]
        try:
            request = msgspec.json.decode(frame, type=Request)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return [self.refuse("30002", "Illegal request")]
        if request.op == "login":
            return self.login(request.args[0] if request.args else {})
        if request.op not in ("subscribe", "unsubscribe"):
            return [self.refuse("30003", f"INVALID op:{request.op}")]
        return self._change_subscriptions(request, len(frame), now)

    def _change_subscriptions(self, request: Request, size: int, now: datetime) -> Sequence[Action]:
        if size > MESSAGE_BYTES or self._requests.is_over(now.timestamp()):
            return [self.refuse("30007", "request over limit, connection close"), Close(1008)]
        if request.op == "subscribe":
            return [action for arg in request.args for action in self.subscribe(arg)]
        for arg in request.args:
            self.unsubscribe(arg)
        return [Say(text({"event": "unsubscribe", "arg": arg})) for arg in request.args]

    def refuse(self, code: str, message: str, arg: Row | None = None) -> Say:
        return Say(text(self.wire.error(code, message, arg)))

    def beat(self, now: datetime) -> Sequence[Action]:
        """No ping for too long ends the connection, even while data flows; the client sees 1006."""
        within = self._limits.answer_within
        is_mute = within is not None and (now - self._pinged_at).total_seconds() >= within
        return [HANG_UP] if is_mute else []

    def refuse_flood(self) -> Sequence[Action]:
        return [self.refuse("30007", "request over limit, connection close"), Close(1008)]

    def show_trades(self, trades: tuple[Trade, ...], now: datetime) -> Sequence[Data]:
        return ()

    def show_quote(self, quote: Quote, now: datetime) -> Sequence[Data]:
        return ()
