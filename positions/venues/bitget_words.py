"""The words of BitGet's rows in all generations, with what they mean. An unknown one is left to who reads the row."""

from typing import Final

from positions.words import MarginMode, OrderKind, OrderSide, OrderStatus, PositionMode, PositionSide

MARGIN_MODES: Final = {
    "crossed": MarginMode.CROSSED,
    "cross": MarginMode.CROSSED,
    "isolated": MarginMode.ISOLATED,
    "fixed": MarginMode.ISOLATED,
}
POSITION_MODES: Final = {
    "one_way_mode": PositionMode.ONE_WAY,
    "single_hold": PositionMode.ONE_WAY,
    "hedge_mode": PositionMode.HEDGE,
    "double_hold": PositionMode.HEDGE,
}
SIDES: Final = {"buy": OrderSide.BUY, "sell": OrderSide.SELL}
POSITION_SIDES: Final = {"long": PositionSide.LONG, "short": PositionSide.SHORT}
# Trigger orders have words of their own; "cancelled" is spelt with one l by the others.
STATUSES: Final = {
    **dict.fromkeys(("init", "new", "live", "not_trigger", "pending"), OrderStatus.LIVE),
    **dict.fromkeys(("executing", "submitting"), OrderStatus.EXECUTING),
    **dict.fromkeys(("partially_filled", "partial-fill"), OrderStatus.PARTIALLY_FILLED),
    **dict.fromkeys(("filled", "full-fill"), OrderStatus.FILLED),
    **dict.fromkeys(("canceled", "cancelled", "cancel"), OrderStatus.CANCELLED),
    **dict.fromkeys(("executed", "success", "triggered"), OrderStatus.EXECUTED),
    **dict.fromkeys(("fail_execute", "fail_trigger", "failed", "fail"), OrderStatus.FAILED),
}
KINDS: Final = {"limit": OrderKind.LIMIT, "market": OrderKind.MARKET}
TRIGGERS: Final = {
    **dict.fromkeys(("pl", "normal_plan", "amount", "total"), OrderKind.TRIGGER),
    **dict.fromkeys(("tp", "profit_plan"), OrderKind.TAKE_PROFIT),
    **dict.fromkeys(("sl", "loss_plan"), OrderKind.STOP_LOSS),
    **dict.fromkeys(("ptp", "pos_profit"), OrderKind.POSITION_TAKE_PROFIT),
    **dict.fromkeys(("psl", "pos_loss"), OrderKind.POSITION_STOP_LOSS),
    **dict.fromkeys(("track", "track_plan", "moving_plan", "mtpsl"), OrderKind.TRAILING),
}
# "marker" is how a page of the documentation spells it.
IS_MAKER: Final = {"t": False, "taker": False, "m": True, "maker": True, "marker": True}
IS_YES: Final = {"yes": True, "no": False}
