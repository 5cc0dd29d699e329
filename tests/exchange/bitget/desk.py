"""The desk of private accounts: who has a key, what clients tried, and who hears what happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from tests.exchange.bitget.account import DeskAccount, Topic
from tests.exchange.bitget.card import Environment, KeyCard, Kind, PositionMode, Right
from tests.exchange.bitget.faults import DeskFaults
from tests.exchange.bitget.limits import CallLimits
from tests.exchange.bitget.private import PrivateTalk
from tests.exchange.bitget.public import PublicTalk
from tests.exchange.bitget.state import Amount
from tests.exchange.connection import Connection
from tests.exchange.dialect import HANG_UP, Close
from tests.exchange.market import LISTINGS

VENUES = ("bitget", "bitget-demo")
# For people and tests; long runs forget the oldest.
RECORDS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Login:
    """One login that was tried; `code` is "0" where it was taken, "" where it was never answered."""

    uid: str  # "" where nobody has this key
    version: str
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CallMade:
    """One REST call, with what it was told."""

    uid: str
    path: str  # with its query
    status: int
    code: str
    at: datetime


class BitgetDesk:
    """`clock` may be replaced by a test whose product has another one; every time that is told comes from it."""

    def __init__(self, connections: Callable[[], Iterable[Connection]], clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.accounts: list[DeskAccount] = []
        # Every futures symbol that is listed, as venues start on the random market.
        self.marks = {
            listing.instrument.replace("-", ""): listing.start
            for listing in LISTINGS.values()
            if listing.quote == "USDT"
        }
        self.faults = DeskFaults()
        self.limits = CallLimits()
        self.logins: list[Login] = []
        self.calls: list[CallMade] = []
        self.subscribed_before_login = 0
        self._connections = connections
        self._ids = count(1_300_000_000_000_000_001)

    def now(self) -> datetime:
        """The venue's own time."""
        return self.clock() + timedelta(seconds=self.faults.clock_offset)

    def next_id(self) -> str:
        return str(next(self._ids))

    def open_account(
        self,
        key: str,
        secret: str,
        passphrase: str,
        *,
        kind: Kind = "classic",
        environment: Environment = "live",
        uid: str = "",
        rights: tuple[Right, ...] = ("read",),
        addresses: tuple[str, ...] = (),
        expires_at: datetime | None = None,
        position_mode: PositionMode = "one_way_mode",
    ) -> DeskAccount:
        card = KeyCard(
            key=key,
            secret=secret,
            passphrase=passphrase,
            kind=kind,
            environment=environment,
            uid=uid or str(1001 + len(self.accounts)),
            rights=rights,
            addresses=addresses,
            expires_at=expires_at,
            position_mode=position_mode,
        )
        return self.add(card)

    def add(self, card: KeyCard) -> DeskAccount:
        account = DeskAccount(self, card)
        self.accounts.append(account)
        return account

    def find_key(self, key: str) -> DeskAccount | None:
        """Whose key this is; a key that was given out again is the newest one's."""
        return next((account for account in reversed(self.accounts) if account.card.key == key), None)

    def find_uid(self, uid: str) -> DeskAccount:
        account = next((account for account in self.accounts if account.card.uid == uid), None)
        if account is None:
            raise ValueError(f"there is no account {uid!r}.")
        return account

    def mark(self, symbol: str, price: Amount) -> None:
        self.marks[symbol] = Decimal(price)
        for connection in self._connections():
            if isinstance(connection.talk, PublicTalk):
                connection.do(connection.talk.show_ticker(symbol))

    def tell(self, account: DeskAccount, topic: Topic, what: object) -> None:
        """To every socket of the account that subscribed to it."""
        for connection, talk in self._sockets(account):
            connection.do(talk.tell(account, topic, what))

    def say(self, account: DeskAccount, topic: Topic, row: dict[str, Any]) -> None:
        for connection, talk in self._sockets(account):
            connection.do(talk.say(topic, row))

    def close_sockets(self, account: DeskAccount) -> None:
        for connection, _ in self._sockets(account):
            connection.do([Close(1000)])

    def cut_sockets(self, account: DeskAccount) -> None:
        for connection, _ in self._sockets(account):
            connection.do([HANG_UP])

    def note_login(self, uid: str, version: str, code: str) -> None:
        self.logins.append(Login(uid, version, code, self.now()))
        del self.logins[:-RECORDS_KEPT]

    def note_call(self, uid: str, path: str, status: int, code: str) -> None:
        self.calls.append(CallMade(uid, path, status, code, self.now()))
        del self.calls[:-RECORDS_KEPT]

    def _sockets(self, account: DeskAccount) -> list[tuple[Connection, PrivateTalk]]:
        return [
            (connection, connection.talk)
            for connection in self._connections()
            if isinstance(connection.talk, PrivateTalk) and connection.talk.account is account
        ]
