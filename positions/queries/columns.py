"""Columns of the accounts' rows that have the same name as what a message tells, by kind. Nothing else is in here."""

from typing import Final

POSITION_NUMBERS: Final = (
    "size",
    "entry_price",
    "mark_price",
    "liquidation_price",
    "break_even_price",
    "leverage",
    "margin",
    "margin_ratio",
    "unrealized_pnl",
    "roe",
    "realized_pnl",
    "funding_fee",
)
POSITION_TEXTS: Final = ("position_mode", "margin_coin")
ORDER_NUMBERS: Final = ("price", "trigger_price", "take_profit", "stop_loss", "size", "filled", "average_price")
ORDER_TEXTS: Final = (
    *("client_id", "symbol", "kind", "status", "side", "position_side", "action", "margin_mode", "cancel_reason"),
)
BALANCE_NUMBERS: Final = ("equity", "available", "frozen", "usdt_equity", "unrealized_pnl")
