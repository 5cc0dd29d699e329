"""What the server says of accounts; docs/websocket.md is the same list for people. A message is about one account."""

from datetime import datetime
from typing import ClassVar

from dashboard.accounts.parts import BalanceRow, ChangeRow, Fact, LogRow, Meter, OrderRow, PnlRow, PositionCard
from dashboard.feed.parts import AlertLine
from dashboard.protocol.message import Message
from dashboard.protocol.topics import Topic


class AboutAccount(Message, frozen=True, kw_only=True):
    account: int

    @property
    def about(self) -> str:
        return str(self.account)


class AccountLine(AboutAccount, frozen=True, kw_only=True, tag="account"):
    """The line to the venue, and what there is of each coin. `state` may be unknown: no worker reports; or off.

    `stale_since_at` is since when what is shown may be old; None while it is not.
    """

    kind: ClassVar[Topic | None] = Topic.ACCOUNT

    state: str
    title: str
    text: str
    since_at: datetime | None = None
    retry_at: datetime | None = None
    heartbeat_at: datetime | None = None
    stale_since_at: datetime | None = None
    facts: list[Fact] = []
    alerts: list[AlertLine] = []
    balances: list[BalanceRow] = []
    balances_note: str = ""

    @property
    def key(self) -> str:
        return f"account:{self.account}"


class Positions(AboutAccount, frozen=True, kw_only=True, tag="position"):
    """`note` says why there is no position: the account is flat (NEUTRAL), or nobody knows yet."""

    kind: ClassVar[Topic | None] = Topic.POSITIONS

    note: str
    positions: list[PositionCard]
    check: Meter
    stale_since_at: datetime | None = None

    @property
    def key(self) -> str:
        return f"position:{self.account}"


class Orders(AboutAccount, frozen=True, kw_only=True, tag="orders"):
    kind: ClassVar[Topic | None] = Topic.ORDERS

    note: str
    orders: list[OrderRow]
    check: Meter
    stale_since_at: datetime | None = None

    @property
    def key(self) -> str:
        return f"orders:{self.account}"


class Changes(AboutAccount, frozen=True, kw_only=True, tag="changes"):
    """What happened to the positions lately, newest first; read every 5 s."""

    kind: ClassVar[Topic | None] = Topic.POSITIONS

    note: str
    changes: list[ChangeRow]

    @property
    def key(self) -> str:
        return f"changes:{self.account}"


class Debug(AboutAccount, frozen=True, kw_only=True, tag="debug"):
    """The five blocks of the staff page. Lists of what happened are newest first."""

    kind: ClassVar[Topic | None] = Topic.DEBUG

    status: list[Fact]
    validation: list[Fact]
    pnl: list[PnlRow]
    errors: list[LogRow]
    monitoring: list[Fact]
    messages: list[LogRow]

    @property
    def key(self) -> str:
        return f"debug:{self.account}"
