"""One public socket: the futures ticker, which carries the mark price. There is no login here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tests.exchange.bitget.spelling import Row
from tests.exchange.bitget.talk import Talk
from tests.exchange.bitget.wire import text
from tests.exchange.dialect import Action, Data, Say


class PublicTalk(Talk):
    def login(self, arg: Row) -> Sequence[Action]:
        return [self.refuse("30003", "INVALID op:login")]

    def subscribe(self, arg: Row) -> Sequence[Action]:
        symbol = self.wire.watched(arg)
        if not symbol:
            return [self.refuse("30016", "Param error", arg)]
        if symbol not in self.desk.marks or self.is_rejecting:
            return [self.refuse("30001", f"{self.wire.word}:ticker, {symbol} doesn't exist", arg)]
        self.topics[symbol] = None
        return [Say(text(self.wire.subscribed(arg))), self._ticker(symbol)]

    def unsubscribe(self, arg: Row) -> None:
        self.topics.pop(self.wire.watched(arg), None)

    def show_ticker(self, symbol: str) -> Sequence[Action]:
        return [self._ticker(symbol)] if symbol in self.topics else []

    def beat(self, now: datetime) -> Sequence[Action]:
        """Every ticker is repeated, also where nothing changed."""
        return super().beat(now) or [self._ticker(symbol) for symbol in self.topics]

    def _ticker(self, symbol: str) -> Data:
        return Data(text(self.wire.ticker(symbol, self.desk.marks[symbol], self.desk.now())))
