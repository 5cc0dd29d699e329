"""What a venue's dialect must answer: a `Dialect` for the venue, a `Conversation` for each connection.

Dialects are pure: frames and trades in, actions out. Sockets, timers and faults are `connection.py`'s part.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from tests.exchange.market import Quote, RandomMarket, Trade

Frame = str | bytes


@dataclass(frozen=True, slots=True)
class Say:
    """An acknowledgement, an error, a heartbeat: anything but market data."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Data:
    """Market data: what the ledger counts and the faults mute, repeat and spoil."""

    frame: Frame
    trades: tuple[Trade, ...] = ()
    recorded_index: int | None = None


@dataclass(frozen=True, slots=True)
class Ping:
    payload: bytes


@dataclass(frozen=True, slots=True)
class Pong:
    payload: bytes


@dataclass(frozen=True, slots=True)
class Close:
    code: int
    reason: str = ""


Action = Say | Data | Ping | Pong | Close


@dataclass(frozen=True, slots=True)
class Limits:
    """A venue's published limits; tests hand in shorter ones. `None` is no such limit."""

    beat_every: float | None = None
    answer_within: float | None = None
    messages: int | None = None  # from the client, control frames too, in any `messages_within` seconds
    messages_within: float = 1.0
    topics: int | None = None
    life_after: float | None = None
    notice_before: float = 0.0


@dataclass(frozen=True, slots=True)
class Call:
    """One REST request; `base_url` is this exchange's own address for the venue."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    base_url: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """One REST answer; `body` is anything that msgspec can turn into JSON."""

    body: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Conversation(ABC):
    """One connection in the venue's words: what it subscribed to, which heartbeat it still owes."""

    def __init__(self) -> None:
        self.topics: dict[str, None] = {}  # a set that keeps its order
        self.is_rejecting = False  # the fault `reject` sets it

    def greet(self, now: datetime) -> Sequence[Action]:
        """What the venue says unasked when a connection opens."""
        return ()

    @abstractmethod
    def answer(self, frame: Frame, now: datetime) -> Sequence[Action]:
        """React to one frame of the client."""

    @abstractmethod
    def show_trades(self, trades: tuple[Trade, ...], now: datetime) -> Sequence[Data]:
        """Put one burst of trades, oldest first, into the frames this connection subscribed to."""

    @abstractmethod
    def show_quote(self, quote: Quote, now: datetime) -> Sequence[Data]:
        """Put one quote into the frames this connection subscribed to."""

    def beat(self, now: datetime) -> Sequence[Action]:
        """What is due every `Limits.beat_every` seconds: a heartbeat, or the end for want of an answer."""
        return ()

    def hear_pong(self, payload: bytes) -> Sequence[Action]:
        """React to a protocol pong frame."""
        return ()

    def give_notice(self, now: datetime) -> Sequence[Action]:
        """The venue's warning that it will close the connection soon, where it has one."""
        return ()


class Dialect(ABC):
    """One venue. Stateless: the registry in `dialects/__init__.py` holds one instance of each."""

    code: ClassVar[str]
    limits: ClassVar[Limits]

    @abstractmethod
    def symbol(self, instrument: str) -> str:
        """The venue's spelling of `BTC-USDT`."""

    @abstractmethod
    def is_socket_path(self, path: str) -> bool:
        """Whether the venue takes WebSocket connections at this path (no leading slash)."""

    @abstractmethod
    def open(self, path: str, query: Mapping[str, str], market: RandomMarket, limits: Limits) -> Conversation:
        """Begin the conversation of one new connection."""

    @abstractmethod
    def is_market_data(self, frame: Frame) -> bool:
        """Whether a recorded frame is market data, not something this server says by itself."""

    @abstractmethod
    def call(self, call: Call, market: RandomMarket) -> Result:
        """Answer one REST request."""


def to_milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
