"""Reads Redis for one board: the newest states and the tails of the logs, again and again, without a gap."""

import asyncio
import logging
from datetime import datetime
from typing import Final

import msgspec

from dashboard.feed.board import Board
from dashboard.protocol.message import Message
from dashboard.reading import Reading
from feeds.clock import Clock
from feeds.market.validation import MAX_AHEAD
from feeds.queries import last_trade, shown_feed
from feeds.storage import keys, latest
from feeds.storage.latest import LoggedTrade
from feeds.storage.live import LiveStore, merged
from feeds.storage.redis import Entry, RedisDown

# Enough of the log for the tape and, up to some eighty trades a second, for the minute bar that is forming.
TAIL: Final = 5000
PAGE: Final = 1000
# How soon the page follows an edit of the feed.
FEED_EVERY: Final = 5.0
# So long a page waits for Redis in all.
PATIENCE_S: Final = 0.7

logger = logging.getLogger(__name__)


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
        self, store: LiveStore, clock: Clock, feed: str = "", tail: int = TAIL, patience_s: float | None = None
    ) -> None:
        self.board = Board(None)
        # What the last call found in the logs; None where it did not get so far.
        self.logged: list[LoggedTrade] | None = None
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
        entries = _decoded(await self._entries())
        self.logged = [trade for _, trade in entries]
        trades = self.board.take_trades(entries)
        feed_state = latest.decode_feed(states[0]) if states[0] else None
        prices = [latest.decode_price(state) if state else None for state in states[1:]]
        return [*self.board.take_health("up"), *trades, *self.board.take_states(feed_state, prices)]

    async def _entries(self) -> list[Entry]:
        """What is new in each log. One that was never read begins with its end."""
        logs = await self._store.read_logs(self._cursors, PAGE if self._cursors else self._tail)
        for server, entries in logs.items():
            self._cursors[server] = entries[-1][0] if entries else self._cursors.get(server, b"0-0")
        return merged(logs.values())


def _decoded(entries: list[Entry]) -> list[tuple[str, LoggedTrade]]:
    trades = []
    for entry_id, fields in entries:
        try:
            trades.append((entry_id.decode(), latest.decode_trade(fields[keys.TRADE_FIELD])))
        except (KeyError, msgspec.DecodeError):
            # The drain sets such an entry aside with its reason; the page goes on with the next one.
            logger.warning("entry %s of the log is not a trade", entry_id.decode())
    return trades


async def read_board(feed: str, clock: Clock, url: str, other_url: str = "") -> Board:
    """The board of a feed at this moment, for a page: from one or two Redis servers, else from the database."""
    store = LiveStore(url, other_url)
    try:
        reader = Reader(store, clock, feed, tail=PAGE, patience_s=PATIENCE_S)
        await reader.changes()
        reader.board.take_latency({})
        return reader.board
    finally:
        await store.close()
