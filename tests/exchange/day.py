"""What a ticker tells of the last 24 hours. Here the day begins when the exchange does, to save a rolling sum."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(slots=True)
class Day:
    open: Decimal
    high: Decimal
    low: Decimal
    last: Decimal
    last_size: Decimal = Decimal(0)
    volume: Decimal = Decimal(0)
    turnover: Decimal = Decimal(0)
    trades: int = 0

    def add(self, price: Decimal, size: Decimal) -> None:
        self.high, self.low = max(self.high, price), min(self.low, price)
        self.last, self.last_size = price, size
        self.volume += size
        self.turnover += price * size
        self.trades += 1

    @property
    def mean(self) -> Decimal:
        """The price that a traded unit cost on average."""
        return self.turnover / self.volume if self.volume else self.last
