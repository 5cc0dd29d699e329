"""What both generations of sockets have to say, each in its own words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

import msgspec

from tests.exchange.bitget.card import Kind
from tests.exchange.bitget.spelling import Row
from tests.exchange.bitget.state import Coin, Execution, Holding, PlanOrder, WorkingOrder
from tests.exchange.dialect import to_milliseconds

if TYPE_CHECKING:
    from tests.exchange.bitget.account import DeskAccount, Topic


class Wire(ABC):
    version: ClassVar[str]
    kind: ClassVar[Kind]
    word: ClassVar[str]  # what a subscription is called
    channels: ClassVar[Mapping[str, Topic]]  # the private ones

    @abstractmethod
    def objection(self, arg: Row) -> tuple[str, str] | None:
        """The code and the text with which this private subscription is refused."""

    @abstractmethod
    def arg(self, channel: str) -> Row:
        """As the channel's pushes name it."""

    @abstractmethod
    def logged_in(self) -> Row: ...

    @abstractmethod
    def subscribed(self, arg: Row) -> Row: ...

    @abstractmethod
    def error(self, code: str, text: str, arg: Row | None = None) -> Row: ...

    @abstractmethod
    def positions(self, account: DeskAccount, changed: Holding | None) -> list[Row]:
        """What is pushed when this position changed, or at subscription."""

    @abstractmethod
    def order(self, account: DeskAccount, each: WorkingOrder) -> Row: ...

    @abstractmethod
    def plan(self, account: DeskAccount, each: PlanOrder) -> Row: ...

    @abstractmethod
    def fill(self, account: DeskAccount, each: Execution) -> Row: ...

    @abstractmethod
    def balance(self, account: DeskAccount, each: Coin) -> Row: ...

    @abstractmethod
    def watched(self, arg: Row) -> str:
        """The symbol whose ticker this public subscription asks for, "" for anything else."""

    @abstractmethod
    def ticker(self, symbol: str, mark: Decimal, now: datetime) -> Row:
        """A whole frame."""

    def rows(self, account: DeskAccount, what: object) -> list[Row]:
        """What is pushed of a change."""
        match what:
            case Holding():
                return self.positions(account, what)
            case WorkingOrder():
                return [self.order(account, what)]
            case PlanOrder():
                return [self.plan(account, what)]
            case Execution():
                return [self.fill(account, what)]
            case Coin():
                return [self.balance(account, what)]
        raise TypeError(f"no channel tells of {what!r}")

    def push(self, channel: str, rows: list[Row], now: datetime) -> str:
        return text({"action": "snapshot", "arg": self.arg(channel), "data": rows, "ts": to_milliseconds(now)})


def text(message: Row) -> str:
    return msgspec.json.encode(message).decode()
