"""What an account has: positions, orders, trigger orders, executions, coins. Sizes in the base coin, money in USDT."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

PositionSide = Literal["long", "short"]
MarginMode = Literal["crossed", "isolated"]
Action = Literal["open", "close"]
OrderType = Literal["limit", "market"]
OrderStatus = Literal["live", "partially_filled", "filled", "canceled"]
PlanType = Literal["pl", "tp", "sl", "ptp", "psl", "track"]
PlanStatus = Literal["live", "executed", "cancelled"]
Amount = Decimal | int | str

MAINTENANCE = Decimal("0.004")
FEE_RATES = {"market": Decimal("0.0006"), "limit": Decimal("0.0002")}
# The venue prints computed numbers with twelve decimals.
GRAIN = Decimal("1E-12")


@dataclass(slots=True)
class Holding:
    """One open position. In one-way mode the venue reuses a slot: its id and its birth are older than the holding."""

    slot_id: str
    symbol: str
    side: PositionSide
    margin_mode: MarginMode
    leverage: int
    created_at: datetime
    updated_at: datetime
    size: Decimal = Decimal(0)
    entry_price: Decimal = Decimal(0)
    realized: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    funding: Decimal | None = None  # until the first charge

    @property
    def margin(self) -> Decimal:
        return (self.size * self.entry_price / self.leverage).quantize(GRAIN)

    @property
    def direction(self) -> int:
        return 1 if self.side == "long" else -1

    def unrealized(self, mark: Decimal) -> Decimal:
        return self.direction * (mark - self.entry_price) * self.size + 0  # no minus before a zero

    def return_on_margin(self, mark: Decimal) -> Decimal:
        return (self.unrealized(mark) / self.margin).quantize(GRAIN) if self.margin else Decimal(0)

    def break_even(self) -> Decimal:
        fee = 2 * FEE_RATES["market"] * self.entry_price
        return self.entry_price + self.direction * fee

    def liquidation(self, equity: Decimal) -> Decimal:
        """Where nothing is left but the maintenance margin; at or below zero there is no such price."""
        cushion = equity if self.margin_mode == "crossed" else self.margin
        worth = self.entry_price * self.size - self.direction * cushion
        return (worth / (self.size * (1 - self.direction * MAINTENANCE))).quantize(GRAIN)

    def margin_ratio(self, mark: Decimal, equity: Decimal) -> Decimal:
        cushion = equity if self.margin_mode == "crossed" else self.margin + self.unrealized(mark)
        return (self.size * mark * MAINTENANCE / cushion).quantize(GRAIN) if cushion > 0 else Decimal(1)

    def add(self, size: Decimal, price: Decimal) -> None:
        entry = (self.entry_price * self.size + price * size) / (self.size + size)
        self.entry_price = entry.quantize(GRAIN)
        self.size += size

    def reduce(self, size: Decimal, price: Decimal) -> Decimal:
        """The profit of closing so much of it."""
        profit = self.direction * (price - self.entry_price) * size
        self.size -= size
        self.realized += profit
        return profit


@dataclass(frozen=True, slots=True)
class Execution:
    trade_id: str
    order_id: str
    client_id: str
    symbol: str
    side: PositionSide
    action: Action
    is_buy: bool
    order_type: OrderType
    price: Decimal
    size: Decimal
    fee: Decimal  # what was paid, above zero
    profit: Decimal
    executed_at: datetime

    @property
    def is_maker(self) -> bool:
        return self.order_type == "limit"


@dataclass(slots=True)
class WorkingOrder:
    """`side` is the position's; which way it trades follows from it and from the action."""

    order_id: str
    client_id: str
    symbol: str
    side: PositionSide
    action: Action
    order_type: OrderType
    size: Decimal
    price: Decimal | None  # a market order has none
    leverage: int
    margin_mode: MarginMode
    created_at: datetime
    updated_at: datetime
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None
    status: OrderStatus = "live"
    cancel_reason: str = ""
    executions: list[Execution] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.status in ("live", "partially_filled")

    @property
    def is_buy(self) -> bool:
        return (self.side == "long") == (self.action == "open")

    @property
    def filled(self) -> Decimal:
        return sum((each.size for each in self.executions), Decimal(0))

    @property
    def value(self) -> Decimal:
        return sum((each.size * each.price for each in self.executions), Decimal(0))

    @property
    def fees(self) -> Decimal:
        return sum((each.fee for each in self.executions), Decimal(0))

    @property
    def profit(self) -> Decimal:
        return sum((each.profit for each in self.executions), Decimal(0))

    @property
    def average_price(self) -> Decimal | None:
        return (self.value / self.filled).quantize(GRAIN) if self.executions else None


@dataclass(slots=True)
class PlanOrder:
    """An order that waits for a price. Without a size it closes the whole position."""

    order_id: str
    client_id: str
    plan_type: PlanType
    symbol: str
    side: PositionSide
    trigger_price: Decimal
    size: Decimal | None
    created_at: datetime
    updated_at: datetime
    status: PlanStatus = "live"

    @property
    def is_profit(self) -> bool:
        return self.plan_type in ("tp", "ptp")

    @property
    def is_open(self) -> bool:
        return self.status == "live"

    def is_reached(self, mark: Decimal) -> bool:
        return mark >= self.trigger_price if self.is_profit == (self.side == "long") else mark <= self.trigger_price

    def guards(self, held: Holding) -> bool:
        """Whether it ends this position as a whole."""
        return self.size is None and (self.symbol, self.side) == (held.symbol, held.side)


@dataclass(slots=True)
class Coin:
    name: str
    equity: Decimal
    available: Decimal
