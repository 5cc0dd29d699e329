"""How both generations spell times, missing prices, and which way an order goes."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.exchange.bitget.state import Action, PositionSide
from tests.exchange.dialect import plain, to_milliseconds

if TYPE_CHECKING:
    from tests.exchange.bitget.account import DeskAccount

Row = dict[str, Any]


def stamp(moment: datetime) -> str:
    return str(to_milliseconds(moment))


def optional(price: Decimal | None) -> str:
    return "" if price is None else plain(price)


def side(account: DeskAccount, held: PositionSide, is_buy: bool) -> str:
    """V2: in hedge mode it names the position's direction, so closing a long is a `buy`."""
    if account.card.position_mode == "hedge_mode":
        return "buy" if held == "long" else "sell"
    return "buy" if is_buy else "sell"


def position_side(account: DeskAccount, held: PositionSide) -> str:
    return held if account.card.position_mode == "hedge_mode" else "net"


def trade_side(account: DeskAccount, action: Action, is_buy: bool) -> str:
    if account.card.position_mode == "hedge_mode":
        return action
    return "buy_single" if is_buy else "sell_single"


def next_funding(now: datetime) -> datetime:
    """Every eight hours, from midnight on."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    return hour + timedelta(hours=8 - now.hour % 8)
