"""Take-profits and stop-losses that are found on the account: how far they are, and which did not work (M-17). Pure."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from msgspec.structs import replace

from positions.latest import Target
from positions.numbers import known, move_percent
from positions.prices import PublicPrice
from positions.types import Order, OrderKind, Position, PositionSide, Told

# A price that was passed for so long should have been acted upon.
BREACHED_AFTER: Final = timedelta(seconds=3)
_PROFIT: Final = (OrderKind.TAKE_PROFIT, OrderKind.POSITION_TAKE_PROFIT)
_LOSS: Final = (OrderKind.STOP_LOSS, OrderKind.POSITION_STOP_LOSS)
_WHOLE: Final = (OrderKind.POSITION_TAKE_PROFIT, OrderKind.POSITION_STOP_LOSS)


class Targets(NamedTuple):
    """Of one position, each nearest first."""

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

    def forget(self) -> None:
        """Nobody knows whether the orders are still there: what they did not do yet counts anew."""
        self._since.clear()

    def mark(self, position: Position, targets: Targets, price: PublicPrice) -> Targets:
        """The same targets, those marked where the price is beyond them for too long."""
        is_long = position.side is PositionSide.LONG
        return Targets(
            [self._marked(each, _place(position, each, is_long), price) for each in targets.take_profits],
            [self._marked(each, _place(position, each, not is_long), price) for each in targets.stop_losses],
        )

    def _marked(self, target: Target, place: _Place, price: PublicPrice) -> Target:
        if price.mark is None or price.marked_at is None or not _is_beyond(place, price.mark):
            self._since.pop(place, None)
            return target
        since_at = self._since.setdefault(place, price.marked_at)
        return replace(target, is_breached=price.marked_at - since_at > BREACHED_AFTER)


def find(position: Position, orders: Collection[Order], price: PublicPrice) -> Targets:
    """What protects this position, and how far the mark price is from it.

    What the position says itself counts where no order does: it may be some seconds older than the orders.
    """
    own = [order for order in orders if _protects(order, position)]
    return Targets(
        _nearest_first(_found(own, _PROFIT) or _preset(position.take_profit), price),
        _nearest_first(_found(own, _LOSS) or _preset(position.stop_loss), price),
    )


def _protects(order: Order, position: Position) -> bool:
    """In one-way mode an order names no side: there is only one position of its symbol."""
    side = order.position_side
    return order.symbol == position.symbol and (not isinstance(side, PositionSide) or side is position.side)


def _found(orders: Iterable[Order], kinds: tuple[OrderKind, ...]) -> list[Target]:
    return [
        Target(order_id=order.order_id, price=price, size=None if order.kind in _WHOLE else known(order.size))
        for order in orders
        if order.kind in kinds and (price := known(order.trigger_price) or known(order.price))
    ]


def _preset(price: Told) -> list[Target]:
    return [Target(order_id="", price=found)] if (found := known(price)) else []


def _nearest_first(targets: Iterable[Target], price: PublicPrice) -> list[Target]:
    measured = [replace(each, distance_percent=move_percent(price.mark, each.price)) for each in targets]
    return sorted(measured, key=lambda each: (abs(each.distance_percent or Decimal(0)), each.price, each.order_id))


def _place(position: Position, target: Target, is_above: bool) -> _Place:
    return _Place(position.symbol, position.side, is_above, target.order_id, target.price)


def _is_beyond(place: _Place, mark: Decimal) -> bool:
    return mark >= place.price if place.is_above else mark <= place.price
