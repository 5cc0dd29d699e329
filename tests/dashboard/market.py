"""A market whose trades are numbered, and programs that publish numbers: what somebody was not told of shows.

It goes on whether or not anybody reads it. Its sources begin as the real ones do.
"""

from datetime import UTC, datetime
from random import Random

import msgspec

from dashboard.delivery import Delivery
from dashboard.feed.messages import Trades
from dashboard.feed.parts import TapeTrade
from dashboard.hub import SourceName
from dashboard.protocol.message import Message
from dashboard.publication import Published
from dashboard.pulse import Source, Wanted
from feeds.clock import Clock

STEP_S = 0.1
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
INSTRUMENTS = ("BTC-USDT", "ETH-USDT", "SOL-USDT")
NAMES = ("ada/signals", "bob/signals")
MARKET, PUBLISHED = SourceName("feed", "main"), SourceName("published")
# How often a reader may have missed something, and how often a rush begins, which lasts for so many steps.
DOUBT, RUSH = 0.002, 0.01
RUSH_STEPS = 20
TRADES_IN_A_RUSH = 100


class Market:
    """`numbers` are the last ones, by instrument and name. `odd_at`: when something last happened that may cost a
    client its place.
    """

    def __init__(self, chance: Random, clock: Clock) -> None:
        self._chance, self._clock = chance, clock
        self._rush = 0
        self.numbers = dict.fromkeys((*INSTRUMENTS, *NAMES), 0)
        self.doubts = 0
        self.odd_at = 0.0

    def go_on(self) -> None:
        """For a step."""
        if self._chance.random() < RUSH:
            self._rush = RUSH_STEPS
        if self._chance.random() < DOUBT:
            self.doubts += 1
            self.odd_at = self._clock.monotonic()
        for name in self.numbers:
            self.numbers[name] += self._chance.choice((0, 0, 1, 2))
        if self._rush:
            self._rush -= 1
            self.odd_at = self._clock.monotonic()
            for instrument in INSTRUMENTS:
                self.numbers[instrument] += TRADES_IN_A_RUSH

    def open_source(self, name: SourceName, delivery: Delivery, wanted: Wanted) -> Source:
        """As the hub asks for it."""
        return Tape(self) if name == MARKET else Board(self)


class Tape:
    """Trades, many to a message. Its first reading is a snapshot, and so is what follows a doubt."""

    every_s, feed, is_up = STEP_S, "main", True

    def __init__(self, market: Market) -> None:
        self._market = market
        self._seen: dict[str, int] = {}
        self._doubts = market.doubts

    async def changes(self) -> list[Message]:
        is_sure = self._doubts == self._market.doubts and bool(self._seen)
        before, self._doubts = self._seen, self._market.doubts
        self._seen = {instrument: self._market.numbers[instrument] for instrument in INSTRUMENTS}
        if not is_sure:
            return self.whole()
        return [
            trades(instrument, before[instrument] + 1, last)
            for instrument, last in self._seen.items()
            if last > before[instrument]
        ]

    def whole(self) -> list[Message]:
        """The last trade of each."""
        return [trades(instrument, last, last, is_snapshot=True) for instrument, last in self._seen.items()]

    def handed(self, changed: list[Message]) -> None:
        """Nobody measures it."""

    async def close(self) -> None:
        """It holds nothing."""


class Board(Tape):
    """What programs publish: from the end of the log on, and nothing for who joins."""

    feed = ""

    def __init__(self, market: Market) -> None:
        super().__init__(market)
        self._seen = {name: market.numbers[name] for name in NAMES}

    async def changes(self) -> list[Message]:
        before, self._seen = self._seen, {name: self._market.numbers[name] for name in NAMES}
        return [
            Published(topic=name, at=NOON, data=msgspec.Raw(b'{"n":%d}' % number))
            for name in NAMES
            for number in range(before[name] + 1, self._seen[name] + 1)
        ]

    def whole(self) -> list[Message]:
        return []


def trades(instrument: str, first: int, last: int, is_snapshot: bool = False) -> Trades:
    lines = [TapeTrade(str(number), "1-0", "binance", "64000", "0.1", "buy", NOON) for number in range(first, last + 1)]
    return Trades(feed="main", instrument=instrument, trades=lines, is_snapshot=is_snapshot)
