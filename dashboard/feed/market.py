"""What the instruments of a feed did lately, for whoever listens: out of the log, and before that out of the database.

The database is asked for what happened before `_cut`, a time from which on the logs were read whole: so no trade counts
twice, none is missing, and a process that was started again tells what it told before.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, pairwise
from typing import Final

from dashboard.feed import telling
from dashboard.feed.board import Board
from dashboard.feed.first_look import keep
from dashboard.feed.memory import TradeMemory
from dashboard.protocol.message import Message
from dashboard.reading import Reading
from feeds.clock import Clock
from feeds.market.lately import Lately
from feeds.queries import Range, day_range, lately
from feeds.storage.bars import COUNTED
from feeds.storage.latest import LoggedTrade

TOLD_EVERY_S: Final = 1.0
RANGE_EVERY_S: Final = 60.0
# So soon a database that did not answer is asked again.
RECALL_EVERY_S: Final = 5.0
# Trades of one moment come so much later from one venue than from another, and so late into the database.
SETTLED: Final = timedelta(seconds=2)
DRAINED: Final = timedelta(seconds=5)
# Where the logs say nothing for so long, another one that is gone may have had it.
SILENCE: Final = timedelta(seconds=5)


class Remembered:
    """What is known of one instrument: live from the first reading on, and what the database said of before."""

    def __init__(self, instrument: str) -> None:
        self.instrument = instrument
        self.lately = Lately()
        self.day: Range | None = None
        self.told: dict[str, Message] = {}
        self.has_past, self._tries = False, 0
        self._past: Reading[Lately] = Reading("trades of the last hour")
        self._day: Reading[Range | None] = Reading("range of a day")
        self._day_venue = ""
        self._past_due_at = self._day_due_at = float("-inf")

    @property
    def is_ready(self) -> bool:
        """The past is there, or the database did not answer: then it begins with what was heard live."""
        return self.has_past or self._tries > 1

    def recall(self, cut: datetime, monotonic: float) -> None:
        """The hour before, once."""
        if self.has_past:
            return
        if (past := self._past.take()) is not None:
            self.lately.join(past)
            self.has_past = True
        elif not self._past.is_begun and monotonic >= self._past_due_at:
            self._tries += 1
            self._past_due_at = monotonic + RECALL_EVERY_S
            self._past.begin(lately, self.instrument, cut)

    def follow_day(self, venue: str, now: datetime, monotonic: float) -> None:
        """The range of 24 hours, again and again, and at once for another venue's price: it has a range of its own."""
        found = self._day.take()
        self.day = (found or self.day) if venue == self._day_venue else None
        if not self._day.is_begun and (monotonic >= self._day_due_at or venue != self._day_venue):
            self._day_venue, self._day_due_at = venue, monotonic + RANGE_EVERY_S
            self._day.begin(day_range, self.instrument, venue, now)

    async def close(self) -> None:
        await self._past.wait()
        await self._day.wait()


def whole_since(logs: Iterable[Sequence[LoggedTrade]], now: datetime) -> datetime:
    """From when on several logs, read from their ends, hold every trade together.

    A server that is not in use keeps a log of long ago, and of the one in use only the end is read: what lies between
    is in neither.
    """
    received = [[trade.received_at for trade in log] for log in logs if log]
    since = max(map(min, received), default=now)
    times = [*sorted(at for at in chain.from_iterable(received) if at >= since), now]
    return max((after for before, after in pairwise(times) if after - before > SILENCE), default=since)


class MarketReader:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._memory = TradeMemory()
        self._known: dict[str, Remembered] = {}
        self._cut: datetime | None = None
        self._told_at = float("-inf")

    def take(self, logged: Mapping[str, Sequence[LoggedTrade]]) -> None:
        """What is new in each server's log, of all feeds: the first reading says from when on they are whole."""
        if self._cut is None:
            self._cut = whole_since(logged.values(), self._clock.now()).replace(microsecond=0) + SETTLED
        for trade in chain.from_iterable(logged.values()):
            is_known = trade.traded_at < self._cut or trade.quarantine not in COUNTED
            if not is_known and self._memory.add(trade):
                self._of(trade.instrument).lately.add(trade)

    def changes(self, board: Board, wanted: frozenset[str]) -> list[Message]:
        """At most once a second, of instruments that somebody listens to: "" for all of them."""
        monotonic, now = self._clock.monotonic(), self._clock.now()
        if self._cut is None or now < self._cut + DRAINED or monotonic - self._told_at < TOLD_EVERY_S:
            return []
        self._told_at = monotonic
        codes = [each.code for each in board.feed.instruments if "" in wanted or each.code in wanted]
        return [message for code in codes for message in self._news(self._of(code), board, self._cut)]

    def whole(self) -> list[Message]:
        return [message for known in self._known.values() for message in known.told.values()]

    async def close(self) -> None:
        for known in self._known.values():
            await known.close()

    def _of(self, instrument: str) -> Remembered:
        if instrument not in self._known:
            self._known[instrument] = Remembered(instrument)
        return self._known[instrument]

    def _news(self, known: Remembered, board: Board, cut: datetime) -> list[Message]:
        now, monotonic = self._clock.now(), self._clock.monotonic()
        known.recall(cut, monotonic)
        price = board.prices.get(known.instrument)
        known.follow_day(price.venue if price else "", now, monotonic)
        if not known.is_ready:
            return []
        told = telling.everything(known.lately, price, known.day, known.instrument, now, known.told.values())
        keep(board.feed.name, known.instrument, told, now)
        before, known.told = known.told, {each.key: each for each in told}
        return [message for key, message in known.told.items() if message != before.get(key)]
