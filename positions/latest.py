"""Shapes of accounts in Redis; nowhere else. Newest state, fenced and versioned like a feed's. No secret is in here.

It outlives its writer for a minute and is written again every few seconds, so it is there while a worker is. What the
account held stays in it while the line is down: `stale_since_at` says that it may be old, and nothing is ever shown
as flat because nobody knows.
"""

from datetime import datetime
from decimal import Decimal

import msgspec


class PositionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One open position with what is computed of it; None is "not provided".

    `side` is long or short. `pnl` is at the newest mark price, `pnl_percent` on notional (B-17), `roe_percent` on the
    margin that the venue told, which is how its own ratio is made. `venue_pnl` is what it told last, and stands still
    while only the price moves; `pnl_check` holds ours against it, as of its last word with a mark price in it.
    `liquidation_percent` is how far the mark price is from the liquidation price, `liquidation_atr` the same in ATRs of
    an hour, `risk` its band: calm, watch, danger or "" (V-18). `take_profits` and `stop_losses` are found on the
    account, nearest first. `state` is ALIGNED or DRIFT (B-25).
    """

    symbol: str
    side: str
    size: Decimal
    margin_mode: str = ""
    position_mode: str = ""
    margin_coin: str = ""
    entry_price: Decimal | None = None
    mark_price: Decimal | None = None
    marked_at: datetime | None = None
    break_even_price: Decimal | None = None
    liquidation_price: Decimal | None = None
    liquidation_percent: Decimal | None = None
    liquidation_atr: Decimal | None = None
    risk: str = ""
    leverage: Decimal | None = None
    margin: Decimal | None = None
    margin_ratio: Decimal | None = None
    pnl: Decimal | None = None
    pnl_percent: Decimal | None = None
    roe_percent: Decimal | None = None
    venue_pnl: Decimal | None = None
    pnl_check: "PnlCheck | None" = None
    realized_pnl: Decimal | None = None
    funding_fee: Decimal | None = None
    funding_rate: Decimal | None = None
    next_funding_at: datetime | None = None
    take_profits: list["Target"] = []
    stop_losses: list["Target"] = []
    updated_at: datetime | None = None
    state: str = "ALIGNED"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A take-profit or stop-loss found on the account. `size` is None where it closes the whole position.

    `distance_percent` is how far the mark price has to move, negative when it has to fall; `is_breached` that it did so
    more than 3 s ago and nothing happened. `order_id` is "" where only the position itself tells of it.
    """

    order_id: str
    price: Decimal
    size: Decimal | None = None
    distance_percent: Decimal | None = None
    is_breached: bool = False


class PnlCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Our PnL and the venue's, both at the mark price that it told in the same message."""

    ours: Decimal
    venues: Decimal


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """One open order."""

    order_id: str
    symbol: str
    kind: str
    status: str
    side: str = ""
    position_side: str = ""
    action: str = ""
    price: Decimal | None = None
    trigger_price: Decimal | None = None
    size: Decimal | None = None
    filled: Decimal | None = None
    is_reduce_only: bool | None = None
    updated_at: datetime | None = None


class BalanceLine(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of a coin; the coin "" is the whole unified account in US dollars."""

    coin: str
    equity: Decimal | None = None
    available: Decimal | None = None
    frozen: Decimal | None = None
    usdt_equity: Decimal | None = None
    unrealized_pnl: Decimal | None = None
    margin_ratio: Decimal | None = None


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """When REST was last asked about this, and whether stream and REST said the same."""

    checked_at: datetime | None = None
    is_equal: bool | None = None
    drifts: int = 0


class PositionsState(msgspec.Struct, frozen=True, kw_only=True):
    """Topic position:<account>. Without positions the account is flat (NEUTRAL), if `is_known`."""

    fence: int
    version: int
    account: int
    positions: list[PositionLine] = []
    is_known: bool = False
    stale_since_at: datetime | None = None
    check: Check = Check()
    told_at: datetime | None = None


class OrdersState(msgspec.Struct, frozen=True, kw_only=True):
    """Topic orders:<account>."""

    fence: int
    version: int
    account: int
    orders: list[OrderLine] = []
    is_known: bool = False
    stale_since_at: datetime | None = None
    check: Check = Check()
    told_at: datetime | None = None


class AccountAlert(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person should know, and that is not over."""

    kind: str
    text: str
    raised_at: datetime


class AccountState(msgspec.Struct, frozen=True, kw_only=True):
    """Topic account:<account>: the line and the balances.

    `state` is disconnected, connecting, authenticating, subscribing, connected, reconnecting or error; `text` says
    why in a sentence. `heartbeat_at` is when the venue last answered (M-02). `budget_used` is the highest share of a
    REST limit in use, 0 to 1. `written_at` is by the worker's clock: whoever reads judges by it whether there is still
    a worker, so the clocks of their machines have to agree (one machine, or NTP).
    """

    fence: int
    version: int
    account: int
    label: str
    environment: str
    kind: str
    state: str
    written_at: datetime
    text: str = ""
    since_at: datetime | None = None
    retry_at: datetime | None = None
    heartbeat_at: datetime | None = None
    attempts: int = 0
    channels: list[str] = []
    clock_skew_ms: int | None = None
    budget_used: float = 0.0
    balances: list[BalanceLine] = []
    stale_since_at: datetime | None = None
    check: Check = Check()
    alerts: list[AccountAlert] = []


class DebugEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One message or one error, redacted and bounded."""

    at: datetime
    kind: str
    text: str


class ErrorState(msgspec.Struct, frozen=True, kw_only=True):
    """Errors in a row of one type: connection, data or api. None of them was a minute after the one before."""

    kind: str
    count: int
    last_at: datetime


class DebugState(msgspec.Struct, frozen=True, kw_only=True):
    """Topic debug:<account>, for staff (M-11). Both lists are rings, newest last."""

    fence: int
    version: int
    account: int
    last_update: datetime | None = None
    connection_state: str = ""
    message_queue: list[DebugEntry] = []
    error_log: list[DebugEntry] = []
    error_states: list[ErrorState] = []
    counts: dict[str, int] = {}
    validation: dict[str, int] = {}


decode_positions = msgspec.json.Decoder(PositionsState).decode
decode_orders = msgspec.json.Decoder(OrdersState).decode
decode_account = msgspec.json.Decoder(AccountState).decode
decode_debug = msgspec.json.Decoder(DebugState).decode
