"""The words in which we talk of a private account, whatever the venue calls things."""

from enum import StrEnum


class AccountKind(StrEnum):
    """Which of the venue's two worlds an account lives in: V2 serves the first, V3 the second."""

    CLASSIC = "classic"
    UNIFIED = "unified"


class Environment(StrEnum):
    LIVE = "live"
    DEMO = "demo"


class PositionSide(StrEnum):
    LONG = "long"
    SHORT = "short"


class MarginMode(StrEnum):
    CROSSED = "crossed"
    ISOLATED = "isolated"


class PositionMode(StrEnum):
    ONE_WAY = "one_way"
    HEDGE = "hedge"


class OrderSide(StrEnum):
    BUY = "buy"
    SELL = "sell"


class OrderStatus(StrEnum):
    """In the order in which an order may go through them; the last five are ends.

    `gone` is ours: the order is not open any more, and nobody told how it ended.
    """

    LIVE = "live"
    EXECUTING = "executing"
    PARTIALLY_FILLED = "partially_filled"
    GONE = "gone"
    FILLED = "filled"
    CANCELLED = "cancelled"
    EXECUTED = "executed"
    FAILED = "failed"

    @property
    def is_end(self) -> bool:
        return self in _ENDS


_ENDS = (
    OrderStatus.GONE,
    OrderStatus.FILLED,
    OrderStatus.CANCELLED,
    OrderStatus.EXECUTED,
    OrderStatus.FAILED,
)


class OrderKind(StrEnum):
    """`bracket`: take-profit and stop-loss in one, told by those two fields; only the unified world has it.

    `other`: a word of the venue that we do not know.
    """

    LIMIT = "limit"
    MARKET = "market"
    TRIGGER = "trigger"
    TAKE_PROFIT = "take_profit"
    STOP_LOSS = "stop_loss"
    POSITION_TAKE_PROFIT = "position_take_profit"
    POSITION_STOP_LOSS = "position_stop_loss"
    TRAILING = "trailing"
    BRACKET = "bracket"
    OTHER = "other"
