"""What a venue's dialect must answer: a `Dialect` for the venue, a `Conversation` for each connection.

Dialects are pure: frames and trades in, actions out. Sockets, timers and faults are `connection.py`'s part.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from tests.exchange.market import Quote, RandomMarket, Trade
from tests.exchange.tokens import Tokens

Frame = str | bytes


@dataclass(frozen=True, slots=True)
class Say:
    """An acknowledgement, an error, a heartbeat: anything but market data."""

    frame: Frame
    is_pong: bool = False  # in the venue's own words; the fault `swallow_pongs` swallows it


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


DURATIONS = ("_every", "_within", "_after", "_before")
HANG_UP = Close(1006)  # no frame can carry this code: the line is cut
Action = Say | Data | Ping | Pong | Close


@dataclass(frozen=True, slots=True)
class Limits:
    """A venue's published limits; tests hand in shorter ones. `None` is no such limit."""

    beat_every: float | None = None
    answer_within: float | None = None
    messages: int | None = None  # from the client, control frames too, in any `messages_within` seconds
    messages_within: float = 1.0
    requests: int | None = None  # subscribe and unsubscribe, in any `requests_within` seconds
    requests_within: float = 1.0
    args: int | None = None  # in one request
    topics: int | None = None
    topic_characters: int | None = None  # of all topics of a connection
    life_after: float | None = None
    notice_before: float = 0.0
    silence_after: float | None = None  # then `Conversation.fill_silence` speaks
    idle_after: float | None = None  # without a frame from either side
    ping_every: float | None = None  # what a venue tells its clients to do
    token_after: float | None = None  # a token is no good any more
    connects: int | None = None  # tried, in any `connects_within` seconds
    connects_within: float = 300.0
    unban_after: float = 0.0

    def compressed(self, factor: float) -> Limits:
        """The same limits where time goes by so many times as fast."""
        durations = {name: value for name, value in asdict(self).items() if name.endswith(DURATIONS) and value}
        # The interval that clients are told is counted by their own clocks.
        durations.pop("ping_every", None)
        return replace(self, **{name: value / factor for name, value in durations.items()})


@dataclass(frozen=True, slots=True)
class Call:
    """One REST request; `base_url` is this exchange's own address for the venue."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    base_url: str
    limits: Limits
    tokens: Tokens
    now: datetime


@dataclass(frozen=True, slots=True)
class Handshake:
    """One new WebSocket connection; `number` is unlike any other's."""

    number: int
    path: str
    query: Mapping[str, str]
    limits: Limits
    tokens: Tokens
    now: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """One REST answer; `body` is anything that msgspec can turn into JSON."""

    body: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Conversation(ABC):
    """One connection in the venue's words: what it subscribed to, which heartbeat it still owes."""

    idle_close: ClassVar[Close] = HANG_UP  # after `Limits.idle_after`

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

    def fill_silence(self, now: datetime) -> Sequence[Action]:
        """What is due when nothing was sent for `Limits.silence_after` seconds."""
        return ()

    def refuse_flood(self) -> Sequence[Action]:
        """React to more frames than `Limits.messages`."""
        return [Close(1008, "Too many requests")]

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
    # How the venue answers a connection that is one of too many.
    too_many_connects: ClassVar[Result] = Result({"msg": "Too many requests"}, 429)

    @abstractmethod
    def symbol(self, instrument: str) -> str:
        """The venue's spelling of `BTC-USDT`."""

    @abstractmethod
    def is_socket_path(self, path: str) -> bool:
        """Whether the venue takes WebSocket connections at this path (no leading slash)."""

    @abstractmethod
    def open(self, handshake: Handshake, market: RandomMarket) -> Conversation:
        """Begin the conversation of one new connection."""

    @abstractmethod
    def is_market_data(self, frame: Frame) -> bool:
        """Whether a recorded frame is market data, not something this server says by itself."""

    @abstractmethod
    def call(self, call: Call, market: RandomMarket) -> Result:
        """Answer one REST request."""


def to_milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def plain(value: Decimal) -> str:
    """As most venues print a number: no exponent, no zeros at the end."""
    return f"{value.normalize():f}"
