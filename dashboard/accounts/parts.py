"""What the messages about accounts are made of. Every text is ready to be shown."""

from datetime import datetime

import msgspec


class Meter(msgspec.Struct, frozen=True):
    """Whether stream and REST say the same. `tone` is good, bad or "" for not known yet."""

    text: str
    tone: str = ""
    checked_at: datetime | None = None


class TargetCard(msgspec.Struct, frozen=True):
    """A take-profit or a stop-loss. `state` is breached where the price was there and nothing happened."""

    target: str
    at: str
    away: str
    state: str = ""


class PositionCard(msgspec.Struct, frozen=True, kw_only=True):
    """One open position. `side` is long or short, `side_text` the same in capitals behind an `arrow` (B-10).

    `pnl` is on notional, `roe` the venue's ratio on margin; `tone` is gain, loss or "". `pnl_exact` has every digit.
    `risk` is calm, watch, danger or "". `state` is ALIGNED or DRIFT. `targets_note` is for where there is no target.
    """

    symbol: str
    side: str
    side_text: str
    arrow: str
    state: str
    mode: str
    size: str
    entry: str
    mark: str
    break_even: str
    pnl: str
    pnl_exact: str
    tone: str
    roe: str
    liquidation: str
    liquidation_away: str
    risk: str
    leverage: str
    margin: str
    margin_ratio: str
    funding: str
    realized: str
    targets_note: str
    targets: list[TargetCard] = []


class OrderRow(msgspec.Struct, frozen=True):
    symbol: str
    kind: str
    direction: str
    at: str
    amount: str
    status: str


class BalanceRow(msgspec.Struct, frozen=True):
    coin: str
    equity: str
    available: str
    frozen: str


class ChangeRow(msgspec.Struct, frozen=True):
    """`time` is when we noticed it."""

    time: datetime
    what: str
    sizes: str
    source: str


class Fact(msgspec.Struct, frozen=True):
    name: str
    value: str


class LogRow(msgspec.Struct, frozen=True):
    time: datetime
    kind: str
    text: str


class PnlRow(msgspec.Struct, frozen=True):
    """Our PnL of a position beside the venue's, both at its mark price. `verdict` is equal, apart or "not provided"."""

    position: str
    ours: str
    venues: str
    apart: str
    verdict: str
