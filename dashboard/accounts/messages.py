"""What the server says of accounts; docs/websocket.md is the same list for people. A message is about one account."""

from datetime import datetime
from typing import ClassVar

from dashboard.accounts.parts import (
    BalanceRow,
    ChangeRow,
    Fact,
    LogRow,
    Meter,
    OrderRow,
    PnlRow,
    PnlTrack,
    PositionCard,
)
from dashboard.feed.parts import AlertLine, UptimeLine
from dashboard.protocol.message import Message
from dashboard.protocol.topics import Topic


class AboutAccount(Message, frozen=True, kw_only=True):
    account: int

    @property
    def about(self) -> str:
        return str(self.account)


class AccountLine(AboutAccount, frozen=True, kw_only=True, tag="account"):
    """The line to the venue, and what there is of each coin.

    `state` is what the line does, or unknown: no worker reports; or off. `condition` is what people know of it (M-10):
    connected, reconnecting or error, else unknown or off. `title` says it in a word and `meaning` in a sentence, `text`
    is what the line does and why, `advice` what a person has to do, "" for nothing. `stale_since_at` is since when what
    is shown may be old; None while it is not.
    """

    kind: ClassVar[Topic | None] = Topic.ACCOUNT

    state: str
    condition: str
    title: str
    text: str
    meaning: str = ""
    advice: str = ""
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


class Pnl(AboutAccount, frozen=True, kw_only=True, tag="pnl"):
    """The unrealised PnL of the last hour, every 15 s; no track where none is known."""

    kind: ClassVar[Topic | None] = Topic.POSITIONS
    is_urgent: ClassVar[bool] = False

    tracks: list[PnlTrack]

    @property
    def key(self) -> str:
        return f"pnl:{self.account}"


class AccountUptime(AboutAccount, frozen=True, kw_only=True, tag="account_uptime"):
    """How much of the time the line was up and what it shows was sure; read every 30 s."""

    kind: ClassVar[Topic | None] = Topic.ACCOUNT
    is_urgent: ClassVar[bool] = False

    line: UptimeLine

    @property
    def key(self) -> str:
        return f"account_uptime:{self.account}"


class Debug(AboutAccount, frozen=True, kw_only=True, tag="debug"):
    """The five blocks of the staff page. Lists of what happened are newest first; `error_states` counts those in a row
    (B-12).
    """

    kind: ClassVar[Topic | None] = Topic.DEBUG

    status: list[Fact]
    validation: list[Fact]
    pnl: list[PnlRow]
    error_states: list[Fact]
    errors: list[LogRow]
    monitoring: list[Fact]
    messages: list[LogRow]

    @property
    def key(self) -> str:
        return f"debug:{self.account}"
