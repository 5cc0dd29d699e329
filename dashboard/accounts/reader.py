"""Reads Redis and the database for the boards of the accounts that somebody looks at."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from dashboard.accounts.board import AccountBoard, States
from dashboard.accounts.uptime import AccountUptimeReader
from dashboard.protocol.message import Message
from dashboard.reading import Reading
from feeds.clock import Clock
from feeds.storage import keys
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown
from positions.queries.stored import StoredAccount, stored_accounts

# How soon the page follows what the database is told.
STORED_EVERY_S: Final = 5.0


class AccountReader:
    """`wanted` are the accounts that somebody looks at now.

    Without a store no server answers: what was stored is all that is known.
    Each reading of Redis may take `patience_s`; None: as long as the store allows. Close it.
    """

    every_s = 0.1
    feed = ""

    def __init__(
        self,
        store: LiveStore | None,
        clock: Clock,
        wanted: Callable[[], frozenset[int]],
        patience_s: float | None = None,
    ) -> None:
        self.boards: dict[int, AccountBoard] = {}
        self.is_up = True
        self._store = store
        self._clock = clock
        self._wanted = wanted
        self._patience_s = patience_s
        self._asked: frozenset[int] | None = None
        self._due_at = float("-inf")
        self._uptimes = AccountUptimeReader(clock)
        self._reading: Reading[dict[int, StoredAccount]] = Reading("accounts")

    async def changes(self) -> list[Message]:
        """What changed since the last call; everything of an account that was not read before."""
        changed: list[Message] = [*await self._read_database()]
        changed += await self._read_redis()
        return [*changed, *self._uptimes.news(frozenset(self.boards))]

    def whole(self) -> list[Message]:
        return [*(message for board in self.boards.values() for message in board.whole()), *self._uptimes.known]

    def handed(self, changed: list[Message]) -> None:
        """Nothing is measured of these."""

    async def close(self) -> None:
        if self._store:
            await self._store.close()
        await self._reading.wait()
        await self._uptimes.close()

    async def _read_database(self) -> list[Message]:
        """Every few seconds, and at once when other accounts are wanted. Only the first waits for the database."""
        wanted, now, is_first = self._wanted(), self._clock.monotonic(), self._asked is None
        if not self._reading.is_begun and (wanted != self._asked or now >= self._due_at):
            self._asked, self._due_at = wanted, now + STORED_EVERY_S
            self._reading.begin(stored_accounts, wanted)
        if is_first:
            await self._reading.wait()
        stored = self._reading.take()
        return [] if stored is None else self._take_stored(stored)

    def _take_stored(self, stored: dict[int, StoredAccount]) -> list[Message]:
        known, self.boards = self.boards, {}
        changed: list[Message] = []
        now = self._clock.now()
        for account, told in stored.items():
            if board := known.get(account):
                changed += board.take_stored(told, now)
            else:
                board = AccountBoard(told, now)
                changed += board.whole()
            self.boards[account] = board
        return changed

    async def _read_redis(self) -> list[Message]:
        accounts = list(self.boards)
        if self._store is None:
            return self._take_away()
        try:
            async with asyncio.timeout(self._patience_s):
                raw = await self._store.read(_names(accounts))
        except (RedisDown, TimeoutError):
            return self._take_away()
        self.is_up = True
        now = self._clock.now()
        changed: list[Message] = []
        for place, account in enumerate(accounts):
            states = States(*raw[place * len(States._fields) : (place + 1) * len(States._fields)])
            changed += self.boards[account].take_states(states, now)
        return changed

    def _take_away(self) -> list[Message]:
        self.is_up = False
        now = self._clock.now()
        return [message for board in self.boards.values() for message in board.take_away(now)]


def _names(accounts: Iterable[int]) -> list[str]:
    """The keys of each account, in the order of States."""
    return [name(account) for account in accounts for name in (keys.positions, keys.orders, keys.account, keys.debug)]
