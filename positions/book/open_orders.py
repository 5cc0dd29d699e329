"""The open orders, as the messages about them leave them; an order's state never goes backwards. Pure."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

import msgspec

from positions.book.change import OrderChanged
from positions.book.merge import is_before, merged
from positions.types import Order, Orders
from positions.words import OrderStatus

# Ended orders that are remembered, so that a late word about one does not open it again.
MAX_ENDED: Final = 5000

_WAYS: Final = (OrderStatus.GONE, OrderStatus.LIVE, OrderStatus.EXECUTING, OrderStatus.PARTIALLY_FILLED)
# Which states each state may take the place of. Of two different ends the first one stands. That an order is gone is
# a conclusion of ours, so any word of the venue takes its place.
REPLACES: Final[dict[OrderStatus, frozenset[OrderStatus]]] = {
    OrderStatus.GONE: frozenset(_WAYS),
    OrderStatus.LIVE: frozenset(_WAYS[:2]),
    OrderStatus.EXECUTING: frozenset(_WAYS[:3]),
    OrderStatus.PARTIALLY_FILLED: frozenset(_WAYS),
    OrderStatus.FILLED: frozenset((*_WAYS, OrderStatus.FILLED)),
    OrderStatus.CANCELLED: frozenset((*_WAYS, OrderStatus.CANCELLED)),
    OrderStatus.EXECUTED: frozenset((*_WAYS, OrderStatus.EXECUTED)),
    OrderStatus.FAILED: frozenset((*_WAYS, OrderStatus.FAILED)),
}


class OpenOrders:
    def __init__(self) -> None:
        self.open: dict[str, Order] = {}
        self._ended: dict[str, Order] = {}

    def recall(self, orders: Iterable[Order]) -> None:
        """What was open when we last knew."""
        self.open = {order.order_id: order for order in orders}

    def hear(self, event: Orders) -> list[OrderChanged]:
        """Where all that are open are told, what is missing is gone, and nobody said how it ended."""
        changes = [self._lose(order) for order in self._missing(event)] if event.is_whole else []
        return changes + [change for said in event.orders if (change := self._hear_one(said)) is not None]

    def _missing(self, event: Orders) -> list[Order]:
        """What was told of after it is not missing in it."""
        listed = {order.order_id for order in event.orders}
        missing = [order for order in self.open.values() if order.order_id not in listed]
        return [order for order in missing if not is_before(event.told_at, order.updated_at)]

    def _hear_one(self, said: Order) -> OrderChanged | None:
        known = self.open.get(said.order_id) or self._ended.get(said.order_id)
        if known is not None and _is_late(said, known):
            return None
        after = merged(known, said) if known is not None else said
        # Of an order that nobody knows, a message without its state says too little.
        if after == known or not isinstance(after.status, OrderStatus):
            return None
        if after.status.is_end:
            self._end(after)
        else:
            self.open[after.order_id] = after
        return OrderChanged(after)

    def _end(self, order: Order) -> None:
        self.open.pop(order.order_id, None)
        self._ended[order.order_id] = order
        if len(self._ended) > MAX_ENDED:
            del self._ended[next(iter(self._ended))]

    def _lose(self, order: Order) -> OrderChanged:
        gone = msgspec.structs.replace(order, status=OrderStatus.GONE)
        self._end(gone)
        return OrderChanged(gone)


def _is_late(said: Order, known: Order) -> bool:
    """Told before what is known: by its time, by its state, or by less being filled."""
    is_back = isinstance(said.status, OrderStatus) and known.status not in REPLACES[said.status]
    is_less = isinstance(said.filled, Decimal) and isinstance(known.filled, Decimal) and said.filled < known.filled
    return is_back or is_less or is_before(said.updated_at, known.updated_at)
