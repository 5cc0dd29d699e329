"""BitGet over REST: what is asked, how it is signed, and whether an answer is a yes. Pure; rest.py sends it."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any, ClassVar, Final, Generic, NamedTuple, TypeVar

import msgspec
from msgspec import UNSET

from feeds.errors import BadFrame
from feeds.pace import Rate
from feeds.venues.base import HTTPRequest, decode
from feeds.venues.rest import CallRefused, microseconds
from positions.errors import AccountRefused
from positions.keys.credentials import Credentials
from positions.types import Balances, Fills, KeyInfo, Order, Orders, Positions
from positions.venues.bitget_codes import OK, is_of_venue, refusal
from positions.venues.bitget_fields import Fields, as_time
from positions.venues.bitget_sign import signature
from positions.words import Environment, OrderStatus

T = TypeVar("T")

PAGE_ROWS: Final = 100


class Call(NamedTuple):
    """A path to GET with its query, what it is about in a word, and how often the venue allows it."""

    what: str
    path: str
    rate: Rate


class Page(NamedTuple, Generic[T]):
    """`after` is the cursor of the next page, "" on the last one."""

    content: T
    after: str


class _Answer(msgspec.Struct, rename="camel"):
    code: str | int = ""
    request_time: str | int | None = None
    data: Any = UNSET


_answer: Final = msgspec.json.Decoder(_Answer, float_hook=str)


class AccountRest(ABC):
    """The REST side of one of the venue's two worlds."""

    # The query's name of a page's cursor.
    cursor: ClassVar[str]

    @abstractmethod
    def positions(self) -> Call: ...

    @abstractmethod
    def read_positions(self, body: bytes) -> Positions: ...

    @abstractmethod
    def orders(self, after: str = "") -> Call:
        """A page of the open orders."""

    @abstractmethod
    def triggers(self) -> tuple[Call, ...]:
        """The first pages of the open trigger orders of every kind; `next_page` gives the others."""

    @abstractmethod
    def read_orders(self, body: bytes) -> Page[Orders]:
        """A page of either, all of them open; it never claims to be all that are."""

    @abstractmethod
    def balances(self) -> Call: ...

    @abstractmethod
    def read_balances(self, body: bytes) -> Balances: ...

    @abstractmethod
    def fills(self, since: datetime, after: str = "") -> Call:
        """A page of the fills since then, newest first."""

    @abstractmethod
    def read_fills(self, body: bytes) -> Page[Fills]: ...

    @abstractmethod
    def key_info(self) -> Call: ...

    @abstractmethod
    def read_key_info(self, body: bytes) -> KeyInfo: ...

    def next_page(self, call: Call, after: str) -> Call:
        """The same call from this cursor on."""
        return call._replace(path=f"{call.path}&{self.cursor}={after}") if after else call

    def server_time(self) -> Call:
        """Public, and the same for both worlds."""
        return Call("time", "/api/v2/public/time", Rate(20, 1.0))

    def read_server_time(self, body: bytes) -> datetime:
        return Fields(data_of(body)).moment("serverTime")

    def check(self, status: int, body: bytes, retry_after: float | None = None) -> None:
        """AccountRefused or CallRefused unless the answer is a good one. BadFrame where it only says that it is."""
        try:
            answer = decode(_answer, body)
        except BadFrame:
            if status == 200:
                raise
            answer = _Answer(code=status)
        if status != 200 or str(answer.code) not in OK:
            raise _refused(status, answer, retry_after)


# Spelt so by the venue.
_OF_ENVIRONMENT: Final[dict[Environment, tuple[tuple[str, str], ...]]] = {
    Environment.LIVE: (),
    Environment.DEMO: (("paptrading", "1"),),
}


def signed(call: Call, credentials: Credentials, environment: Environment, now: datetime) -> HTTPRequest:
    """The call with the venue's headers; `now` is the venue's time. The host is put before it by who sends it.

    https://www.bitget.com/api-doc/common/signature: milliseconds, method and path with query, in this order.
    """
    timestamp = str(microseconds(now) // 1000)
    headers = (
        ("ACCESS-KEY", credentials.key),
        ("ACCESS-SIGN", signature(credentials.secret, f"{timestamp}GET{call.path}")),
        ("ACCESS-TIMESTAMP", timestamp),
        ("ACCESS-PASSPHRASE", credentials.passphrase),
        ("Content-Type", "application/json"),
        ("locale", "en-US"),
    )
    return HTTPRequest("GET", call.path, (*headers, *_OF_ENVIRONMENT[environment]))


def data_of(body: bytes) -> Any:
    """What the answer holds. BadFrame where the body is none."""
    return decode(_answer, body).data


def told_at(body: bytes) -> datetime | None:
    """When the venue took the question, by its own clock: what it answers is not older. None where it does not say."""
    return as_time(str(decode(_answer, body).request_time or 0))


def rows_of(data: Any, name: str) -> list[Any]:
    """The list of this name; null is an empty one. BadFrame where there is neither: it must not pass for that."""
    rows = data.get(name, UNSET) if isinstance(data, dict) else data
    rows = [] if rows is None else rows
    if not isinstance(rows, list):
        raise BadFrame("rows", rows)
    return rows


def cursor_of(data: Any, name: str, rows: list[Any]) -> str:
    """Where the next page begins; "" after a page that is not full."""
    after = data.get(name) if isinstance(data, dict) and len(rows) >= PAGE_ROWS else None
    return str(after or "")


def as_open(order: Order) -> Order:
    """Lists of open orders need not say that they are: unified strategy orders do not."""
    return msgspec.structs.replace(order, status=OrderStatus.LIVE) if order.status is UNSET else order


def key_info_of(info: Fields, rights: frozenset[str]) -> KeyInfo:
    """Neither world tells when a key expires."""
    return KeyInfo(info.name("userId"), rights, info.texts("ips"))


def _refused(status: int, answer: _Answer, retry_after: float | None) -> AccountRefused | CallRefused:
    """A limit and a failure of the server are told by the status whatever else the body says.

    CallRefused where our address is shut out, which is nothing that the account did: with a code of its own the venue
    answers the account.
    """
    if status == 429:
        return refusal("429", retry_after)
    code = str(answer.code) if str(answer.code) not in OK else str(status)
    if status in CallRefused.cool_offs and not is_of_venue(code):
        return CallRefused(status, "our address is shut out", retry_after)
    return refusal(code, retry_after)
