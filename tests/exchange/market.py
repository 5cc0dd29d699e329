"""The seeded random market: numbered trades and quotes, the same every time for one seed."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Literal

from tests.exchange.day import Day

Side = Literal["buy", "sell"]

# A long way back for REST, yet small enough that a client which was away for an hour finds a real gap.
RECENT = 5_000
WALK_STEP_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Trade:
    venue: str
    symbol: str
    trade_id: int
    order_id: int  # the taker's order: the trades of one burst share it
    price: Decimal
    size: Decimal
    side: Side  # the taker's
    traded_at: datetime


@dataclass(frozen=True, slots=True)
class Quote:
    venue: str
    symbol: str
    number: int
    bid: Decimal
    bid_size: Decimal
    ask: Decimal
    ask_size: Decimal
    quoted_at: datetime


@dataclass(frozen=True, slots=True)
class Move:
    """What happens at one instant: no trade or a burst of them, and the quote after it."""

    trades: tuple[Trade, ...]
    quote: Quote


@dataclass(frozen=True, slots=True)
class Listing:
    """An instrument, and the grid its prices and sizes lie on."""

    instrument: str
    start: Decimal = Decimal("100.00")
    tick: Decimal = Decimal("0.01")
    step: Decimal = Decimal("0.0001")

    @property
    def base(self) -> str:
        return self.instrument.split("-")[0]

    @property
    def quote(self) -> str:
        return self.instrument.split("-")[1]


LISTINGS = {
    listing.instrument: listing
    for listing in (
        Listing("BTC-USDT", Decimal("76000.00"), Decimal("0.01"), Decimal("0.00001")),
        Listing("ETH-USDT", Decimal("2600.00"), Decimal("0.01"), Decimal("0.0001")),
        Listing("SOL-USDT", Decimal("150.00"), Decimal("0.01"), Decimal("0.001")),
        Listing("XRP-USDT", Decimal("0.6000"), Decimal("0.0001"), Decimal("0.1")),
        Listing("ETH-BTC", Decimal("0.03420"), Decimal("0.00001"), Decimal("0.0001")),
        Listing("PEPE-USDT", Decimal("0.00001200"), Decimal("0.00000001"), Decimal("1")),
    )
}


class Walk:
    """One instrument's price in whole ticks. Every venue steps through the same one."""

    def __init__(self, listing: Listing, seed: int) -> None:
        self._random = Random(f"{seed} {listing.instrument}")
        self._ticks = int(listing.start / listing.tick)
        self._stride = max(1, self._ticks // 20_000)
        self._steps = 0

    def reach(self, elapsed: float) -> int:
        while (self._steps + 1) * WALK_STEP_SECONDS <= elapsed:
            self._ticks = max(100, self._ticks + self._random.randint(-self._stride, self._stride))
            self._steps += 1
        return self._ticks


class Tape:
    """One symbol on one venue: draws what happens next and remembers the recent trades."""

    def __init__(
        self, venue: str, symbol: str, listing: Listing, seed: int, rate: float, first_id: int, recent: int
    ) -> None:
        self.venue, self.symbol, self.listing, self.rate = venue, symbol, listing, rate
        self.trades: deque[Trade] = deque(maxlen=recent)
        self.quote: Quote | None = None  # the newest
        self.day = Day(listing.start, listing.start, listing.start, listing.start)
        self._random = Random(f"{seed} {venue} {listing.instrument}")
        self._walk = Walk(listing, seed)
        self._offset = self._random.randint(-4, 4)  # ticks: no two venues agree to the cent
        self._elapsed = 0.0
        self._next_id = self._next_order = self._next_quote = first_id

    def pause(self) -> float:
        """Seconds until the next move. Every second move, on average, only changes the quote."""
        wait = self._random.expovariate(self.rate * 2)
        self._elapsed += wait
        return wait

    def move(self, now: datetime) -> Move:
        bid, ask = self._prices()
        trades: tuple[Trade, ...] = ()
        if self._random.random() < 0.5:
            side: Side = self._random.choice(("buy", "sell"))
            burst = self._random.choices((1, 2, 3), (85, 10, 5))[0]
            price = ask if side == "buy" else bid
            trades = self.trade(now, price, [self._size() for _ in range(burst)], side)
        return Move(trades, self._quote(bid, ask, now))

    def trade(self, now: datetime, price: Decimal, sizes: Sequence[Decimal], side: Side) -> tuple[Trade, ...]:
        """Put one taker's order on the tape: one trade for each size."""
        at = now.replace(microsecond=now.microsecond // 1000 * 1000)  # no venue tells more than all the others
        first, order = self._next_id, self._next_order
        trades = tuple(
            Trade(self.venue, self.symbol, first + index, order, price, size, side, at)
            for index, size in enumerate(sizes)
        )
        self._next_id += len(trades)
        self._next_order += 1
        self.trades.extend(trades)
        for trade in trades:
            self.day.add(trade.price, trade.size)
        return trades

    def _prices(self) -> tuple[Decimal, Decimal]:
        bid = self._walk.reach(self._elapsed) + self._offset
        return bid * self.listing.tick, (bid + self._random.randint(1, 3)) * self.listing.tick

    def _quote(self, bid: Decimal, ask: Decimal, now: datetime) -> Quote:
        number = self._next_quote
        self._next_quote += 1
        self.quote = Quote(self.venue, self.symbol, number, bid, self._size(), ask, self._size(), now)
        return self.quote

    def _size(self) -> Decimal:
        """Small sizes are common, large ones rare."""
        return int(10 ** self._random.uniform(0, 4.5)) * self.listing.step


class RandomMarket:
    """Every symbol of every venue. A venue that plays a recording has no tape here."""

    def __init__(
        self,
        seed: int = 7,
        rate: float = 8.0,
        instruments: Iterable[str] = ("BTC-USDT",),
        first_id: int | None = None,
        unlisted: Collection[tuple[str, str]] = (),
        recent: int = RECENT,
    ) -> None:
        """`unlisted` names a venue and an instrument that is not to be had there, `recent` how far back REST goes."""
        self.seed, self.rate, self.first_id, self._unlisted = seed, rate, first_id, unlisted
        self.listings = [LISTINGS.get(name, Listing(name)) for name in instruments]
        self._recent = recent
        self._tapes: dict[tuple[str, str], Tape] = {}

    def listings_at(self, venue: str) -> list[Listing]:
        return [listing for listing in self.listings if (venue, listing.instrument) not in self._unlisted]

    def open(self, venue: str, symbol: str, listing: Listing, now: datetime) -> Tape:
        """Start a symbol. Ids begin at the time in milliseconds, so that a restart never repeats one."""
        first_id = int(now.timestamp() * 1000) if self.first_id is None else self.first_id
        tape = Tape(venue, symbol, listing, self.seed, self.rate, first_id, self._recent)
        self._tapes[venue, symbol] = tape
        return tape

    def tapes(self, venue: str) -> list[Tape]:
        return [tape for (name, _), tape in self._tapes.items() if name == venue]

    def tape(self, venue: str, symbol: str) -> Tape | None:
        return self._tapes.get((venue, symbol))

    def trades(self, venue: str, symbol: str) -> list[Trade]:
        """The recent trades, oldest first, sent to anybody or not."""
        tape = self.tape(venue, symbol)
        return list(tape.trades) if tape else []

    def is_listed(self, venue: str, symbol: str) -> bool:
        """A venue without tapes takes any symbol: its recording decides what is told."""
        return (venue, symbol) in self._tapes or not self.tapes(venue)
