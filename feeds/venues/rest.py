"""The questions that a venue answers over REST. Everything in here is pure: paths out, bodies in, no I/O."""

from abc import ABC, abstractmethod
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Generic, Literal, NamedTuple, TypeVar
from urllib.parse import urlencode

import msgspec

from feeds.errors import BadFrame, HandshakeRefused, printable
from feeds.market.gap import Gap, Page, read_backward, read_forward, read_tail
from feeds.pace import Rate
from feeds.types import Trade
from feeds.venues.base import decode

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CallRefused(HandshakeRefused):
    """The venue answered a call with a no. `status` is 429 too where only its words say that it was one too many."""

    reason = "call"

    def __init__(self, status: int, words: str, retry_after: float | None = None) -> None:
        super().__init__(status, retry_after)
        self.words = printable(words)

    def __str__(self) -> str:
        status = "" if self.status == 200 else f" with HTTP {self.status}"
        return f"the venue refused the call{status}: {self.words}"


class Data(msgspec.Struct, Generic[T]):
    """How KuCoin, OKX and HTX wrap what they answer."""

    data: T


class Result(msgspec.Struct, Generic[T]):
    """The same of Bybit and Kraken."""

    result: T


class Ask(NamedTuple):
    """A path to GET below the venue's `url`, and what that costs of its `budget`."""

    path: str
    cost: int = 1


class Listed(NamedTuple):
    """An instrument as the venue lists it."""

    symbol: str
    base: str
    quote: str
    is_trading: bool


class Reach(NamedTuple):
    """What of a gap the venue can fill. `rows` is what one call gives; `days` how far back, None without a bound."""

    by: Literal["id", "time", "tail"]
    rows: int
    days: int | None = None

    @property
    def has_past(self) -> bool:
        """Whether trades can be asked for by when they were."""
        return self.by != "tail"

    def __str__(self) -> str:
        if self.by == "tail":
            return f"the last {self.rows} trades, and nothing before them"
        until = f"up to {self.days} days back" if self.days else "however far back"
        return f"every trade, found by {self.by}, {self.rows} in a call, {until}"


class Rest(ABC):
    """The REST side of a venue's dialect: facts as class attributes, and a question with its answer in two methods."""

    # Ends with a slash; replay puts another host before it.
    url: ClassVar[str]
    # What one address of ours may ask, in the venue's own weights where it has such.
    budget: ClassVar[Rate]
    reach: ClassVar[Reach]
    # A gap is read from its end, because pages only go back from there.
    is_read_backward: ClassVar[bool] = False
    # Parts of the venue's complaint that mean "too many calls", where its status is 200 all the same.
    limit_words: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def server_time(self) -> Ask: ...

    @abstractmethod
    def read_server_time(self, body: bytes) -> datetime: ...

    @abstractmethod
    def instruments(self, symbol: str) -> Ask:
        """Only this one where the venue can be asked so; "" is all."""

    @abstractmethod
    def read_instruments(self, body: bytes) -> list[Listed]: ...

    @abstractmethod
    def recent_trades(self, symbol: str) -> Ask:
        """As many as one call gives."""

    def trades_in(self, gap: Gap) -> Ask:
        """A page of trades with as much of the gap in it as one call gives."""
        return self.recent_trades(gap.symbol)

    @abstractmethod
    def read_trades(self, symbol: str, body: bytes) -> list[Trade]:
        """The trades of either answer, oldest first, with the ids that the socket gives them."""

    @abstractmethod
    def complaint(self, body: bytes) -> str:
        """What the venue says is wrong, in its own words; "" in a good answer."""

    def read_page(self, gap: Gap, body: bytes) -> Page:
        """What the answer to `trades_in` fills of the gap, and what is left of it."""
        rows = self.read_trades(gap.symbol, body)
        if self.reach.by == "tail":
            return read_tail(gap, rows)
        read = read_backward if self.is_read_backward else read_forward
        return read(gap, rows, self.reach.rows)

    def check(self, status: int, body: bytes, retry_after: float | None = None) -> None:
        """CallRefused unless the answer is a good one. BadFrame where it only says that it is."""
        if status != 200:
            raise CallRefused(status, self._words(status, body), retry_after)
        if words := self.complaint(body):
            is_limit = any(part in words for part in self.limit_words)
            raise CallRefused(429 if is_limit else status, words, retry_after)

    def _words(self, status: int, body: bytes) -> str:
        """A page of somebody between us and the venue has no complaint in it, but is worth a look."""
        if 300 <= status < 400:
            return "it points elsewhere, and redirects are not followed"
        with suppress(BadFrame):
            if words := self.complaint(body):
                return words
        return body[:200].decode(errors="replace")


def path(name: str, **query: str | int) -> str:
    """The path with its query; what is "" is left out."""
    asked = {key: value for key, value in query.items() if value != ""}
    return f"{name}?{urlencode(asked)}" if asked else name


def read(kind: type[T], body: bytes) -> T:
    """The body as a value of this type. BadFrame where it breaks the documented shape."""
    return decode(msgspec.json.Decoder(kind), body)


def microseconds(moment: datetime) -> int:
    """The whole microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)
