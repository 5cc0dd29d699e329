"""The questions that a venue answers. Everything in here is pure: text and bytes in, values out, no I/O."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, ClassVar, NamedTuple, TypeVar

import msgspec

from feeds.errors import BadFrame
from feeds.pace import Rate
from feeds.types import Event

if TYPE_CHECKING:
    # It reads bodies with what is in here.
    from feeds.venues.rest import Rest

S = TypeVar("S")

Frame = str | bytes
EXCERPT_CHARACTERS = 400
# What a decoder raises: msgspec's own errors, Python's about long integers, nesting and broken UTF-8.
UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)
# msgspec's view of bytes that are decoded later, or not at all.
RawJSON = msgspec.Raw
# An id of the venue's own making. The database keeps 40 characters; none would stand for every trade.
TradeId = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
TradeNumber = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
# The same as text.
TradeDigits = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{1,19}\Z")]


class Row(msgspec.Struct, gc=False):
    """A part of a frame as it came. It lives for microseconds and holds no circle: the collector need not know it."""


class Request(NamedTuple):
    """Text to send, the key by which the venue's answer will name it, and the symbol that it is about.

    `symbol` is "" where one request is about several: such a one is never refused for a single symbol.
    """

    key: str
    text: str
    symbol: str = ""


class HTTPRequest(NamedTuple):
    """`headers` may hold secrets: they are sent, and nothing else is ever done with them."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"<{self.method} {self.url}>"


class Endpoint(NamedTuple):
    """Where to connect, and how often to ping there (seconds; None where only the venue pings)."""

    url: str
    ping_every: float | None


class Venue(ABC):
    """An exchange's dialect. Subclasses state facts as class attributes and translate in a few short methods."""

    code: ClassVar[str]
    name: ClassVar[str]
    # The mission's order; an admin may change it per installation.
    default_priority: ClassVar[int]
    rest: ClassVar["Rest"]
    # Equal addresses, tried in turn.
    urls: ClassVar[tuple[str, ...]]
    # Further hosts of the venue that an admin may choose, such as a regional one.
    other_hosts: ClassVar[tuple[str, ...]] = ()
    # Connections that one address of ours may try to open, and messages of ours on one connection, control frames
    # included. These two are for venues that publish no number.
    connects: ClassVar[Rate] = Rate(100, 300.0)
    messages: ClassVar[Rate] = Rate(10, 1.0)
    # Instruments that share a connection. Two requests each: at the pace above all are asked for within half a minute.
    symbols_per_session: ClassVar[int] = 100
    # Seconds after which the venue closes every connection; None where it says nothing about it.
    life_after: ClassVar[float | None] = None
    # Seconds between our own pings; None where only the venue pings.
    ping_every: ClassVar[float | None] = 30.0
    # It wants to be asked only after it has said welcome.
    waits_for_welcome: ClassVar[bool] = False
    # Trades inside one frame come newest first.
    is_newest_first: ClassVar[bool] = False
    # A later trade has a higher id, and ids are whole numbers.
    has_rising_ids: ClassVar[bool] = True
    # Ids of a symbol go up by one, so that a jump is a suspicion. No venue promises it: REST is the proof.
    has_consecutive_ids: ClassVar[bool] = False

    # Where it tells trades, and where best prices.
    channels: ClassVar[tuple[str, str]]
    # What its spelling of an instrument has between the two currencies.
    separator: ClassVar[str] = ""
    # The text of our ping; None where that is a WebSocket ping frame.
    ping_text: ClassVar[str | None] = None

    def symbol(self, base: str, quote: str) -> str:
        """The venue's spelling of an instrument."""
        return f"{base}{self.separator}{quote}".upper()

    def prepare(self, url: str) -> HTTPRequest | None:
        """What to ask before each connection to one of `urls`; None where that is the address itself."""
        return None

    def endpoint(self, url: str, answer: bytes) -> Endpoint:
        """Where to connect to, by the answer to `prepare`. BadFrame when the answer is none."""
        raise NotImplementedError(f"{self.code} asks for nothing before it connects")

    def subscribe(self, symbols: Iterable[str], now: datetime) -> list[Request]:
        """What to send to receive trades and quotes of these symbols: a bad one must not cost the others."""
        return [self.request(channel, symbol, now) for symbol in symbols for channel in self.channels]

    def request(self, channel: str, symbol: str, now: datetime) -> Request:
        """What to send to receive one channel of one symbol, under a key that always stands for just that."""
        raise NotImplementedError(f"{self.code} is asked for all symbols at once")

    def ping(self, now: datetime) -> str | None:
        """The text of our ping; None where it is a WebSocket ping frame."""
        return self.ping_text

    def parse(self, frame: Frame) -> list[Event]:
        """Everything that the frame says, in its order. BadFrame when it breaks the documented shape."""
        try:
            return self.read(frame)
        except BadFrame:
            raise
        except UNREADABLE as error:
            raise _unreadable(frame) from error

    @abstractmethod
    def read(self, frame: Frame) -> list[Event]:
        """The same, but what a decoder raises may pass: for `parse` to call.

        What we did not ask for (candles, books) is nothing: an empty list.
        """


def encode(content: object) -> str:
    """The content as the JSON text of a request."""
    return msgspec.json.encode(content).decode()


def decode(decoder: msgspec.json.Decoder[S], text: bytes) -> S:
    """The text as the decoder's struct. BadFrame instead of each of the decoder's own errors."""
    try:
        return decoder.decode(text)
    except UNREADABLE as error:
        raise _unreadable(text) from error


def _unreadable(text: Frame) -> BadFrame:
    return BadFrame("json", text[:EXCERPT_CHARACTERS])
