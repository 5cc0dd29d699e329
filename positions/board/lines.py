"""From what an account says to what is shown of it: one line for each position, order and coin. Pure."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from positions.board import numbers
from positions.board.numbers import known
from positions.board.protection import Held
from positions.latest import BalanceLine, OrderLine, PnlCheck, PositionLine
from positions.types import Balance, Order, Position, ToldText, ToldTime

ALIGNED: Final = "ALIGNED"
DRIFT: Final = "DRIFT"
_PERCENT: Final = Decimal(100)


def position_line(held: Held, atr: Decimal | None, is_aligned: bool, pnl_check: PnlCheck | None = None) -> PositionLine:
    """PnL and ROE are as of the mark price; without one, or without a margin, they are as the venue told them last."""
    position, price = held.position, held.price
    size, entry = known(position.size) or Decimal(0), known(position.entry_price)
    margin, liquidation = known(position.margin), known(position.liquidation_price)
    venue_pnl = known(position.unrealized_pnl)
    at_mark = numbers.pnl(position.side, size, entry, price.mark)
    pnl = venue_pnl if at_mark is None else at_mark
    in_atr = numbers.distance_in_atr(price.mark, liquidation, atr)
    return PositionLine(
        symbol=position.symbol,
        side=position.side,
        size=size,
        margin_mode=_text(position.margin_mode),
        position_mode=_text(position.position_mode),
        margin_coin=_text(position.margin_coin),
        entry_price=entry,
        mark_price=price.mark,
        marked_at=price.marked_at,
        break_even_price=known(position.break_even_price),
        liquidation_price=liquidation,
        liquidation_percent=numbers.distance_percent(price.mark, liquidation),
        liquidation_atr=in_atr,
        risk=numbers.risk(in_atr),
        leverage=known(position.leverage),
        margin=margin,
        margin_ratio=known(position.margin_ratio),
        pnl=pnl,
        pnl_percent=numbers.percent_of_notional(pnl, size, entry),
        roe_percent=_roe(position, at_mark, margin),
        venue_pnl=venue_pnl,
        pnl_check=pnl_check,
        realized_pnl=known(position.realized_pnl),
        funding_fee=known(position.funding_fee),
        funding_rate=price.funding_rate,
        next_funding_at=price.next_funding_at,
        take_profits=held.take_profits,
        stop_losses=held.stop_losses,
        updated_at=_time(position.updated_at),
        state=ALIGNED if is_aligned else DRIFT,
    )


def pnl_check(said: Position) -> PnlCheck | None:
    """Out of one message alone, since only its own mark price belongs to its PnL; None where it does not tell both."""
    size, venues = known(said.size), known(said.unrealized_pnl)
    if size is None or venues is None:
        return None
    ours = numbers.pnl(said.side, size, known(said.entry_price), known(said.mark_price))
    return None if ours is None else PnlCheck(ours=ours, venues=venues)


def order_line(order: Order) -> OrderLine:
    return OrderLine(
        order_id=order.order_id,
        symbol=_text(order.symbol),
        kind=_text(order.kind),
        status=_text(order.status),
        side=_text(order.side),
        position_side=_text(order.position_side),
        action=_text(order.action),
        price=known(order.price),
        trigger_price=known(order.trigger_price),
        size=known(order.size),
        filled=known(order.filled),
        is_reduce_only=order.is_reduce_only if isinstance(order.is_reduce_only, bool) else None,
        updated_at=_time(order.updated_at),
    )


def balance_line(balance: Balance) -> BalanceLine:
    return BalanceLine(
        coin=balance.coin,
        equity=known(balance.equity),
        available=known(balance.available),
        frozen=known(balance.frozen),
        usdt_equity=known(balance.usdt_equity),
        unrealized_pnl=known(balance.unrealized_pnl),
        margin_ratio=known(balance.margin_ratio),
    )


def _roe(position: Position, at_mark: Decimal | None, margin: Decimal | None) -> Decimal | None:
    computed = numbers.percent(at_mark, margin)
    if computed is not None:
        return computed
    told = known(position.roe)
    return None if told is None else told * _PERCENT


def _text(told: ToldText) -> str:
    return told if isinstance(told, str) else ""


def _time(told: ToldTime) -> datetime | None:
    return told if isinstance(told, datetime) else None
