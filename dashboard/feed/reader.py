"""Reads Redis for one board: the newest states and the tails of the logs, again and again, without a gap."""

import asyncio
import logging
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from dashboard.feed.board import Board
from dashboard.protocol.message import Message
from dashboard.reading import Reading
from feeds.clock import Clock
from feeds.market.candles import GRACE, start_of
from feeds.market.validation import MAX_AHEAD
from feeds.queries import last_trade, shown_feed
from feeds.storage import keys, latest, logged
from feeds.storage.latest import LoggedTrade
from feeds.storage.live import LiveStore, merged
from feeds.storage.redis import Entry, RedisDown

PAGE: Final = 1000
# How soon the page follows an edit of the feed.
FEED_EVERY: Final = 5.0
# So long a page waits for Redis in all.
PATIENCE_S: Final = 0.7

logger = logging.getLogger(__name__)


class Tail(NamedTuple):
    """The end of a log that is read at first: its last `least` entries, and what else came since the minute that is
    forming began, but at most `most`. Entries are trades of all venues that are heard, and of each of them a quote a
    second of each instrument.
    """

    least: int
    most: int


# The least for the tapes, the most for a minute of 500 entries a second. Those take some 200 ms, once for each feed.
TAIL: Final = Tail(5000, 30_000)
# A page shows tapes alone, until its socket is there: some 15 ms for each that is opened.
PAGE_TAIL: Final = Tail(2000, 2000)


def stored_board(feed: str, now: datetime) -> Board:
    """The board as the database knows it: a feed by name ("" for the first) with its newest stored trades. Blocking."""
    board = Board(shown_feed(feed))
    for instrument in board.feed.instruments:
        # A trade from the future is no price.
        if trade := last_trade(instrument.code, now + MAX_AHEAD):
            board.start_from(trade)
    return board


class Reader:
    """Each reading of Redis may take `patience_s`; None: as long as the store allows. Close it."""

    def __init__(
        self, store: LiveStore, clock: Clock, feed: str = "", tail: Tail = TAIL, patience_s: float | None = None
    ) -> None:
        self.board = Board(None)
        # What the last call found in the logs, by server; None where it did not get so far.
        self.logged: dict[str, list[LoggedTrade]] | None = None
        self._feed = feed
        self._store = store
        self._clock = clock
        self._tail = tail
        self._patience_s = patience_s
        # By server, the last entry of its log that was taken; none before the first look.
        self._cursors: dict[str, bytes] = {}
        self._feed_due_at: float | None = None
        self._reading: Reading[Board] = Reading("feed")

    async def changes(self) -> list[Message]:
        """What changed since the last call; everything after a new board or the first look at the log."""
        self.logged = None
        is_new = await self._follow_feed()
        had_log = bool(self._cursors)
        changed = await self._read()
        has_first_log = bool(self._cursors) and not had_log
        return self.board.whole(self._clock.now()) if is_new or has_first_log else changed

    async def _follow_feed(self) -> bool:
        """Makes a new board when the shown feed was edited, and at first. Only the first waits for the database."""
        now, is_first = self._clock.monotonic(), self._feed_due_at is None
        if not self._reading.is_begun and (self._feed_due_at is None or now >= self._feed_due_at):
            self._feed_due_at = now + FEED_EVERY
            self._reading.begin(stored_board, self._feed, self._clock.now())
        if is_first:
            await self._reading.wait()
        board = self._reading.take()
        if board is None or (not is_first and board.feed == self.board.feed):
            return is_first
        self.board, self._cursors = board, {}
        return True

    async def close(self) -> None:
        """Waits for what is being read of the database."""
        await self._reading.wait()

    async def _read(self) -> list[Message]:
        try:
            async with asyncio.timeout(self._patience_s):
                return await self._read_redis()
        except (RedisDown, TimeoutError):
            return self.board.take_health("down")

    async def _read_redis(self) -> list[Message]:
        feed = self.board.feed
        names = [keys.feed(feed.name), *(keys.price(feed.name, i.code) for i in feed.instruments)]
        states = await self._store.read(names)
        logs = {server: _decoded(entries) for server, entries in (await self._entries()).items()}
        self.logged = {server: [trade for _, trade in found] for server, found in logs.items()}
        trades = self.board.take_trades((entry_id.decode(), trade) for entry_id, trade in merged(logs.values()))
        feed_state = latest.decode_feed(states[0]) if states[0] else None
        prices = [latest.decode_price(state) if state else None for state in states[1:]]
        return [*self.board.take_health("up"), *trades, *self.board.take_states(feed_state, prices)]

    async def _entries(self) -> dict[str, list[Entry]]:
        """What is new in each log, at first its end. A server that was away then begins with its last page."""
        if self._cursors:
            logs = await self._store.read_logs(self._cursors, PAGE)
        else:
            # Within the grace, the minute before is not over; what a venue with a fast clock told may be there already.
            minute_at = start_of(self._clock.now() - GRACE)
            logs = await self._store.read_logs_since(minute_at - MAX_AHEAD, *self._tail)
        for server, entries in logs.items():
            self._cursors[server] = entries[-1][0] if entries else self._cursors.get(server, b"0-0")
        return logs


def _decoded(entries: list[Entry]) -> list[tuple[bytes, LoggedTrade]]:
    """The trades; quotes are told as newest state."""
    trades = []
    for entry_id, fields in entries:
        try:
            found = logged.decode(fields[keys.TRADE_FIELD])
        except (KeyError, msgspec.DecodeError):
            # The drain sets such an entry aside with its reason; the page goes on with the next one.
            logger.warning("entry %s of the log is neither trade nor quote", entry_id.decode())
            continue
        if isinstance(found, LoggedTrade):
            trades.append((entry_id, found))
    return trades


async def read_board(feed: str, clock: Clock, url: str, other_url: str = "") -> Board:
    """The board of a feed at this moment, for a page: from one or two Redis servers, else from the database."""
    store = LiveStore(url, other_url)
    try:
        reader = Reader(store, clock, feed, tail=PAGE_TAIL, patience_s=PATIENCE_S)
        await reader.changes()
        reader.board.take_latency({})
        return reader.board
    finally:
        await store.close()
