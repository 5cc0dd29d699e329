"""Take-profits and stop-losses that are found on the account: how far they are, and which did not work (M-17). Pure."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from msgspec import UNSET
from msgspec.structs import replace

from positions.board.numbers import known, move_percent
from positions.board.prices import PublicPrice
from positions.latest import Target
from positions.types import Order, Position, Told
from positions.words import OrderKind, PositionSide

# A price that was passed for so long should have been acted upon.
BREACHED_AFTER: Final = timedelta(seconds=3)
_PROFIT: Final = (OrderKind.TAKE_PROFIT, OrderKind.POSITION_TAKE_PROFIT)
_LOSS: Final = (OrderKind.STOP_LOSS, OrderKind.POSITION_STOP_LOSS)
WHOLE: Final = (OrderKind.POSITION_TAKE_PROFIT, OrderKind.POSITION_STOP_LOSS)


class Held(NamedTuple):
    """A position, what its symbol costs now, and what protects it, nearest first."""

    position: Position
    price: PublicPrice
    take_profits: list[Target]
    stop_losses: list[Target]


class _Place(NamedTuple):
    """One target, as long as nobody moves it. The mark price is beyond it from `is_above` on, or below."""

    symbol: str
    side: PositionSide
    is_above: bool
    order_id: str
    price: Decimal


class Breaches:
    """Remembers since when the mark price is beyond each target, by the times of the mark prices themselves."""

    def __init__(self) -> None:
        self._since: dict[_Place, datetime] = {}
        self._before: dict[_Place, datetime] = {}

    def forget(self) -> None:
        """Nobody knows whether the orders are still there: what they did not do yet counts anew."""
        self._since = {}

    def marked(self, held: Iterable[Held]) -> list[Held]:
        """All that is held, with those targets marked that the price has been beyond for too long."""
        self._before, self._since = self._since, {}
        return [self._judged(each) for each in held]

    def _judged(self, held: Held) -> Held:
        is_long = held.position.side is PositionSide.LONG
        return held._replace(
            take_profits=[self._one(held, target, is_long) for target in held.take_profits],
            stop_losses=[self._one(held, target, not is_long) for target in held.stop_losses],
        )

    def _one(self, held: Held, target: Target, is_above: bool) -> Target:
        mark, marked_at = held.price.mark, held.price.marked_at
        if mark is None or marked_at is None or not (mark >= target.price if is_above else mark <= target.price):
            return target
        place = _Place(held.position.symbol, held.position.side, is_above, target.order_id, target.price)
        since_at = self._since[place] = self._before.get(place, marked_at)
        return replace(target, is_breached=marked_at - since_at > BREACHED_AFTER)


def found(position: Position, orders: Iterable[Order], price: PublicPrice) -> Held:
    """The position with what protects it.

    What the position says itself counts where no order does: it may be some seconds older than the orders.
    """
    own = [order for order in orders if _protects(order, position)]
    profits = _targets(own, _take_profit) or _preset(position.take_profit)
    losses = _targets(own, _stop_loss) or _preset(position.stop_loss)
    return Held(position, price, _nearest_first(profits, price), _nearest_first(losses, price))


def _protects(order: Order, position: Position) -> bool:
    """In one-way mode an order names no side: there is only one position of its symbol."""
    is_side = not isinstance(order.position_side, PositionSide) or order.position_side is position.side
    is_mode = UNSET in (order.margin_mode, position.margin_mode) or order.margin_mode is position.margin_mode
    return order.symbol == position.symbol and is_side and is_mode


def _take_profit(order: Order) -> Decimal | None:
    return known(order.take_profit) if order.kind is OrderKind.BRACKET else _trigger(order, _PROFIT)


def _stop_loss(order: Order) -> Decimal | None:
    return known(order.stop_loss) if order.kind is OrderKind.BRACKET else _trigger(order, _LOSS)


def _trigger(order: Order, kinds: tuple[OrderKind, ...]) -> Decimal | None:
    return known(order.trigger_price) or known(order.price) if order.kind in kinds else None


def _targets(orders: Iterable[Order], price_of: Callable[[Order], Decimal | None]) -> list[Target]:
    return [
        Target(order_id=order.order_id, price=price, size=None if order.kind in WHOLE else known(order.size))
        for order in orders
        if (price := price_of(order))
    ]


def _preset(told: Told) -> list[Target]:
    return [Target(order_id="", price=price)] if (price := known(told)) else []


def _nearest_first(targets: Iterable[Target], price: PublicPrice) -> list[Target]:
    measured = [replace(each, distance_percent=move_percent(price.mark, each.price)) for each in targets]
    return sorted(measured, key=lambda each: (abs(each.distance_percent or Decimal(0)), each.price, each.order_id))
