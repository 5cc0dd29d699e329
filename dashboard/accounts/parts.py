"""What the messages about accounts are made of. Every text is ready to be shown."""

from datetime import datetime

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """A number as it is shown. `exact` has every digit, "" where the text has them too."""

    text: str
    exact: str = ""


class Meter(msgspec.Struct, frozen=True):
    """Whether stream and REST say the same. `tone` is good, bad or "" for not known yet."""

    text: str
    tone: str = ""
    checked_at: datetime | None = None


class TargetCard(msgspec.Struct, frozen=True):
    """A take-profit or a stop-loss. `state` is breached where the price was there and nothing happened; `state_text`
    says so to people.
    """

    target: str
    at: str
    away: str
    state: str = ""
    state_text: str = ""


class Level(msgspec.Struct, frozen=True):
    """A price of a position, as a number and not as it is shown: entry, mark, liquidation, take-profit, stop-loss."""

    kind: str
    price: str


class PositionCard(msgspec.Struct, frozen=True, kw_only=True):
    """One open position. `side` is long or short, `side_text` the same in capitals behind an `arrow` (B-10).

    `pnl` is on notional, `roe` the venue's ratio on margin; `tone` is gain, loss or "".
    `risk` is calm, watch, danger or "", and `risk_text` says so to people. `state` is ALIGNED or DRIFT.
    `targets_note` is for where there is no target.
    Since `targets_stale_since_at` the targets may be old: they are orders, which may be older than the position.
    """

    symbol: str
    side: str
    side_text: str
    arrow: str
    state: str
    mode: str
    size: str
    entry: Figure
    mark: Figure
    break_even: Figure
    pnl: Figure
    tone: str
    roe: str
    liquidation: Figure
    liquidation_away: str
    risk: str
    risk_text: str
    leverage: str
    margin: Figure
    margin_ratio: str
    funding: str
    realized: str
    targets_note: str
    targets: list[TargetCard] = []
    levels: list[Level] = []
    targets_stale_since_at: datetime | None = None


class OrderRow(msgspec.Struct, frozen=True):
    symbol: str
    kind: str
    direction: str
    at: str
    amount: str
    status: str


class BalanceRow(msgspec.Struct, frozen=True):
    coin: str
    equity: Figure
    available: Figure
    frozen: Figure


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
    """Our PnL of a position beside the venue's, both at its mark price. `verdict` says whether they are equal."""

    position: str
    ours: Figure
    venues: Figure
    apart: str
    verdict: str


class PnlTrack(msgspec.Struct, frozen=True):
    """The unrealised PnL of the last hour in one coin: what it was in words, and its `line` and that of `zero` as SVG
    paths of 240 by 40, the whole hour wide.
    """

    coin: str
    tone: str
    text: str
    line: str
    zero: str
