"""An account's trading, pure: orders are placed, executed and cancelled, and positions follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from tests.exchange.bitget.card import PositionMode
from tests.exchange.bitget.state import (
    FEE_RATES,
    Action,
    Execution,
    Holding,
    MarginMode,
    OrderType,
    PlanOrder,
    PlanStatus,
    PlanType,
    PositionSide,
    WorkingOrder,
)


class Trading:
    """Raises ValueError, with a sentence, for what the venue would not do."""

    def __init__(self, mode: PositionMode, next_id: Callable[[], str], now: Callable[[], datetime]) -> None:
        self.mode, self._next_id, self._now = mode, next_id, now
        self.holdings: dict[tuple[str, PositionSide], Holding] = {}
        self.orders: dict[str, WorkingOrder] = {}
        self.plans: dict[str, PlanOrder] = {}
        self.executions: list[Execution] = []
        self._slots: dict[tuple[str, str], tuple[str, datetime]] = {}

    def place(
        self,
        symbol: str,
        side: PositionSide,
        size: Decimal,
        price: Decimal | None,
        *,
        action: Action,
        order_type: OrderType,
        margin_mode: MarginMode,
        leverage: int,
        take_profit: Decimal | None,
        stop_loss: Decimal | None,
    ) -> WorkingOrder:
        self._refuse_second_way(symbol, side)
        now = self._now()
        order = WorkingOrder(
            order_id=self._next_id(),
            client_id=self._next_id(),
            symbol=symbol,
            side=side,
            action=action,
            order_type=order_type,
            size=size,
            price=price,
            leverage=leverage,
            margin_mode=margin_mode,
            created_at=now,
            updated_at=now,
            take_profit=take_profit,
            stop_loss=stop_loss,
        )
        self.orders[order.order_id] = order
        return order

    def execute(
        self, order: WorkingOrder, size: Decimal | None, price: Decimal
    ) -> tuple[Execution, Holding, list[PlanOrder]]:
        """Fill so much of the order, or all that is left: with the position after it, and the plans that ended."""
        left = order.size - order.filled
        amount = left if size is None else size
        if not order.is_open or not 0 < amount <= left:
            raise ValueError(f"the order {order.order_id} is {order.status} and has {left} left, not {amount}.")
        now = self._now()
        held = self._open_holding(order, now) if order.action == "open" else self.holding(order.symbol, order.side)
        if order.action == "close" and amount > held.size:
            raise ValueError(f"the position has {held.size}, less than {amount}.")
        profit = self._change(held, order.action, amount, price, now)
        execution = self._note(order, amount, price, profit, now)
        held.fees += execution.fee
        return execution, held, self._end_when_flat(held)

    def cancel(self, order_id: str) -> WorkingOrder:
        order = self.order(order_id)
        if not order.is_open:
            raise ValueError(f"the order {order_id} is {order.status} already.")
        order.status, order.cancel_reason, order.updated_at = "canceled", "normal_cancel", self._now()
        return order

    def protect(
        self,
        symbol: str,
        side: PositionSide,
        prices: tuple[Decimal | None, Decimal | None],
        size: Decimal | None,
    ) -> list[PlanOrder]:
        """A take-profit and a stop-loss, where they have a price; without a size for the whole position."""
        kinds: tuple[PlanType, PlanType] = ("ptp", "psl") if size is None else ("tp", "sl")
        now = self._now()
        plans = [
            PlanOrder(self._next_id(), self._next_id(), kind, symbol, side, price, size, now, now)
            for kind, price in zip(kinds, prices, strict=True)
            if price is not None
        ]
        self.plans.update({plan.order_id: plan for plan in plans})
        return plans

    def end_plan(self, order_id: str, status: PlanStatus) -> PlanOrder:
        plan = self.plans.get(order_id)
        if plan is None or not plan.is_open:
            raise ValueError(f"no trigger order {order_id} waits.")
        plan.status, plan.updated_at = status, self._now()
        return plan

    def order(self, order_id: str) -> WorkingOrder:
        if order_id not in self.orders:
            raise ValueError(f"there is no order {order_id}.")
        return self.orders[order_id]

    def holding(self, symbol: str, side: PositionSide) -> Holding:
        held = self.holdings.get((symbol, side))
        if held is None:
            raise ValueError(f"there is no {side} position in {symbol}.")
        return held

    def _refuse_second_way(self, symbol: str, side: PositionSide) -> None:
        other: PositionSide = "short" if side == "long" else "long"
        if self.mode == "one_way_mode" and (symbol, other) in self.holdings:
            raise ValueError(f"{symbol} is held {other}, and in one-way mode there is one side; open in hedge_mode.")

    def _open_holding(self, order: WorkingOrder, now: datetime) -> Holding:
        """In one-way mode a slot outlives its positions, and keeps its id and its birth."""
        key = (order.symbol, order.side)
        if key not in self.holdings:
            slot = (order.symbol, "" if self.mode == "one_way_mode" else order.side)
            is_kept = self.mode == "one_way_mode" and slot in self._slots
            slot_id, created_at = self._slots[slot] if is_kept else (self._next_id(), now)
            self._slots[slot] = (slot_id, created_at)
            self.holdings[key] = Holding(
                slot_id, order.symbol, order.side, order.margin_mode, order.leverage, created_at, now
            )
        return self.holdings[key]

    def _change(self, held: Holding, action: Action, size: Decimal, price: Decimal, now: datetime) -> Decimal:
        """The profit of it."""
        held.updated_at = now
        if action == "close":
            return held.reduce(size, price)
        held.add(size, price)
        return Decimal(0)

    def _note(self, order: WorkingOrder, size: Decimal, price: Decimal, profit: Decimal, now: datetime) -> Execution:
        execution = Execution(
            trade_id=self._next_id(),
            order_id=order.order_id,
            client_id=order.client_id,
            symbol=order.symbol,
            side=order.side,
            action=order.action,
            is_buy=order.is_buy,
            order_type=order.order_type,
            price=price,
            size=size,
            fee=size * price * FEE_RATES[order.order_type],
            profit=profit,
            executed_at=now,
        )
        order.executions.append(execution)
        order.status = "filled" if order.filled == order.size else "partially_filled"
        order.updated_at = now
        self.executions.append(execution)
        return execution

    def _end_when_flat(self, held: Holding) -> list[PlanOrder]:
        """A position that is closed takes the trigger orders on it along."""
        if held.size:
            return []
        del self.holdings[held.symbol, held.side]
        mine = [
            each
            for each in self.plans.values()
            if each.is_open and (each.symbol, each.side) == (held.symbol, held.side)
        ]
        return [self.end_plan(plan.order_id, "cancelled") for plan in mine]
