"""The newest mark price of each symbol held, and its funding: the public ticker's, else the account's own. Pure.

REST tells a mark price with each position, so there is one that is a few seconds old when the public line is down.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec
from msgspec import UNSET

from positions.board.numbers import known
from positions.types import Position, Ticker

# A mark price of the ticker holds for so long; it comes several times a second.
TICKER_HOLDS: Final = timedelta(seconds=5)


class PublicPrice(msgspec.Struct, frozen=True, kw_only=True):
    """`marked_at` is the venue's clock where it tells it, and never later than ours."""

    mark: Decimal | None = None
    marked_at: datetime | None = None
    funding_rate: Decimal | None = None
    next_funding_at: datetime | None = None


UNKNOWN: Final = PublicPrice()


class PublicPrices:
    """By symbol."""

    def __init__(self) -> None:
        self._prices: dict[str, PublicPrice] = {}
        # What the account last said, to hear it once only: a position is told again and again as it was.
        self._told: dict[str, Decimal] = {}

    def of(self, symbol: str) -> PublicPrice:
        return self._prices.get(symbol, UNKNOWN)

    def hear(self, ticker: Ticker, now: datetime) -> None:
        """What the ticker leaves out stays as it was."""
        before = self.of(ticker.symbol)
        mark = known(ticker.mark_price)
        self._prices[ticker.symbol] = PublicPrice(
            mark=before.mark if mark is None else mark,
            marked_at=before.marked_at if mark is None else min(ticker.told_at or now, now),
            funding_rate=before.funding_rate if ticker.funding_rate is UNSET else ticker.funding_rate,
            next_funding_at=before.next_funding_at if ticker.next_funding_at is UNSET else ticker.next_funding_at,
        )

    def hear_position(self, position: Position, now: datetime) -> None:
        """Counts where the ticker was silent lately. A position says not when its price was made, only a new one is."""
        mark, before = known(position.mark_price), self.of(position.symbol)
        if mark is None or mark == self._told.get(position.symbol):
            return
        self._told[position.symbol] = mark
        if before.marked_at is None or now - before.marked_at > TICKER_HOLDS:
            self._prices[position.symbol] = msgspec.structs.replace(before, mark=mark, marked_at=now)

    def keep(self, symbols: set[str]) -> None:
        """Forgets all others: an old price is none when a symbol is held again."""
        self._prices = {symbol: price for symbol, price in self._prices.items() if symbol in symbols}
        self._told = {symbol: mark for symbol, mark in self._told.items() if symbol in symbols}
