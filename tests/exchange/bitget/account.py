"""One account: what it holds, and what its sockets hear when that changes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from tests.exchange.bitget.card import KeyCard
from tests.exchange.bitget.state import (
    Action,
    Amount,
    Coin,
    Execution,
    Holding,
    MarginMode,
    OrderType,
    PlanOrder,
    PositionSide,
    WorkingOrder,
)
from tests.exchange.bitget.trading import Trading

if TYPE_CHECKING:
    from tests.exchange.bitget.desk import BitgetDesk

# What is told; each wire has its own words for it.
Topic = Literal["positions", "orders", "plans", "balances", "fills"]


class DeskAccount:
    """A trade also moves the mark to its price. Balances are what they were set to: no trade changes them.

    `push=False`: it happens, REST knows of it, and no socket is told.
    """

    def __init__(self, desk: BitgetDesk, card: KeyCard) -> None:
        self.desk, self.card = desk, card
        self.trading = Trading(card.position_mode, desk.next_id, desk.now)
        self.coins = {"USDT": Coin("USDT", Decimal(10_000), Decimal(10_000))}

    @property
    def equity(self) -> Decimal:
        return self.coins["USDT"].equity

    @property
    def holdings(self) -> list[Holding]:
        return list(self.trading.holdings.values())

    @property
    def open_orders(self) -> list[WorkingOrder]:
        return [order for order in self.trading.orders.values() if order.is_open]

    @property
    def open_plans(self) -> list[PlanOrder]:
        return [plan for plan in self.trading.plans.values() if plan.is_open]

    @property
    def executions(self) -> list[Execution]:
        return self.trading.executions

    def open(
        self,
        symbol: str,
        side: PositionSide,
        size: Amount,
        price: Amount,
        *,
        margin_mode: MarginMode = "crossed",
        leverage: int = 10,
        push: bool = True,
    ) -> str:
        """A market order that opens the position, or adds to it, and fills at once; its id."""
        order_id = self.order(
            symbol, side, size, None, order_type="market", margin_mode=margin_mode, leverage=leverage, push=push
        )
        self.fill(order_id, price=price, push=push)
        return order_id

    def close(self, symbol: str, side: PositionSide, *, price: Amount | None = None, push: bool = True) -> str:
        """A market order that closes the whole position, by default at the mark; its id."""
        held = self.trading.holding(symbol, side)
        order_id = self.order(
            symbol,
            side,
            held.size,
            None,
            action="close",
            order_type="market",
            margin_mode=held.margin_mode,
            leverage=held.leverage,
            push=push,
        )
        self.fill(order_id, price=self.desk.marks[symbol] if price is None else price, push=push)
        return order_id

    def order(
        self,
        symbol: str,
        side: PositionSide,
        size: Amount,
        price: Amount | None,
        *,
        action: Action = "open",
        order_type: OrderType = "limit",
        margin_mode: MarginMode = "crossed",
        leverage: int = 10,
        take_profit: Amount | None = None,
        stop_loss: Amount | None = None,
        push: bool = True,
    ) -> str:
        """A new order that rests until `fill` or `cancel`; its id. `side` is the position's, long or short."""
        order = self.trading.place(
            symbol,
            side,
            Decimal(size),
            decimal_or_none(price),
            action=action,
            order_type=order_type,
            margin_mode=margin_mode,
            leverage=leverage,
            take_profit=decimal_or_none(take_profit),
            stop_loss=decimal_or_none(stop_loss),
        )
        self._tell(push, "orders", order)
        return order.order_id

    def fill(
        self, order_id: str, size: Amount | None = None, price: Amount | None = None, *, push: bool = True
    ) -> Execution:
        """Execute what is left of the order, or this much of it, at the order's price or this one."""
        order = self.trading.order(order_id)
        at = decimal_or_none(price) or order.price or self.desk.marks[order.symbol]
        execution, held, ended = self.trading.execute(order, decimal_or_none(size), at)
        self.desk.mark(order.symbol, at)
        self._tell(push, "orders", order)
        self._tell(push, "fills", execution)
        self._tell(push, "positions", held)
        for plan in ended:
            self._tell(push, "plans", plan)
        return execution

    def cancel(self, order_id: str, *, push: bool = True) -> None:
        """Cancel an order or a trigger order."""
        if order_id in self.trading.plans:
            self._tell(push, "plans", self.trading.end_plan(order_id, "cancelled"))
        else:
            self._tell(push, "orders", self.trading.cancel(order_id))

    def protect(
        self,
        symbol: str,
        side: PositionSide,
        take_profit: Amount | None = None,
        stop_loss: Amount | None = None,
        *,
        size: Amount | None = None,
        push: bool = True,
    ) -> list[str]:
        """Trigger orders that close the position, or so much of it, at these prices; their ids."""
        prices = (decimal_or_none(take_profit), decimal_or_none(stop_loss))
        plans = self.trading.protect(symbol, side, prices, decimal_or_none(size))
        for plan in plans:
            self._tell(push, "plans", plan)
        return [plan.order_id for plan in plans]

    def trigger(self, order_id: str, *, push: bool = True) -> str:
        """A trigger order on a whole position does what it waited for; the id of the order that closes."""
        plan = self.trading.end_plan(order_id, "executed")
        self._tell(push, "plans", plan)
        return self.close(plan.symbol, plan.side, price=plan.trigger_price, push=push)

    def mark(self, symbol: str, price: Amount) -> None:
        """The venue's mark price: it is the same for every account."""
        self.desk.mark(symbol, Decimal(price))

    def balance(self, coin: str, equity: Amount, available: Amount | None = None, *, push: bool = True) -> None:
        free = equity if available is None else available
        self.coins[coin] = Coin(coin, Decimal(equity), Decimal(free))
        self._tell(push, "balances", self.coins[coin])

    def revoke(self) -> None:
        """The key is deleted: its sockets are closed, and it opens nothing any more."""
        self.card.is_revoked = True
        self.desk.close_sockets(self)

    def cut(self) -> None:
        """Its sockets end without a close frame."""
        self.desk.cut_sockets(self)

    def say(self, row: dict[str, Any], topic: Topic = "positions") -> None:
        """Push this very row, whatever it is."""
        self.desk.say(self, topic, row)

    def _tell(self, push: bool, topic: Topic, what: object) -> None:
        if push:
            self.desk.tell(self, topic, what)


def decimal_or_none(value: Amount | None) -> Decimal | None:
    return None if value is None else Decimal(value)
