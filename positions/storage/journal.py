"""An account's diary in the database: what it holds, what happened, what differed. Never makes the loop wait."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from math import inf
from typing import Concatenate, Final, ParamSpec

from django.db import DatabaseError

from feeds.clock import Clock
from feeds.storage.database import DatabaseThread
from feeds.storage.rows import WaitingRows
from positions.book.change import BalanceChanged, Change, ChangeKind, Filled, OrderChanged, PositionChanged
from positions.book.difference import Difference
from positions.book.holdings import Key, key_of
from positions.queries.recall import Known, known_of
from positions.storage import diary, rows
from positions.types import Balance
from positions.words import AccountKind

P = ParamSpec("P")

logger = logging.getLogger(__name__)

RETRY_AFTER_S: Final = 1.0
# Numbers that follow the price change all the time; the newest are in Redis.
MOVED_EVERY_S: Final = 5.0
BALANCES_EVERY_S: Final = 60.0


@dataclass(frozen=True)
class Write:
    """One of rows.py or diary.py, with its arguments."""

    what: str
    call: Callable[[], None]

    def save(self) -> None:
        self.call()

    def __str__(self) -> str:
        return self.what


class AccountJournal:
    """Writes wait in memory, in order, while the database is down."""

    def __init__(self, account_id: int, database: DatabaseThread, clock: Clock) -> None:
        self._account_id = account_id
        self._database = database
        self._clock = clock
        self._rows = WaitingRows()
        self._has_rows = asyncio.Event()
        self._stored_at: dict[Key, float] = {}
        self._balances: dict[str, Balance] = {}

    async def begin(self) -> Known:
        """What an earlier process knew. Its alerts and drifts are over."""
        try:
            return await self._database.run(_begin, self._account_id, self._clock.now())
        except DatabaseError as error:
            logger.warning("what the account held before is not read: %s", error)
            return Known()

    def changed(self, change: Change) -> None:
        """What the book told."""
        match change:
            case PositionChanged():
                self._change_position(change)
            case OrderChanged(order):
                self._add(f"order {order.order_id}", rows.store_order, order, self._clock.now())
            case Filled(fill):
                self._add(f"fill {fill.fill_id}", rows.store_fill, fill)
            case BalanceChanged(balance):
                self._balances[balance.coin] = balance

    def drifted(self, difference: Difference, resolution: str) -> None:
        """Stream and REST said different things, and what was done about it."""
        what = f"drift of {difference.subject}"
        self._add(what, diary.open_drift, difference, resolution, self._clock.now())

    def settled(self, difference: Difference) -> None:
        """They agree again."""
        self._add(f"end of a drift of {difference.subject}", diary.settle_drift, difference, self._clock.now())

    def entered(self, state: str, text: str, level: str = diary.Level.INFO) -> None:
        """The line entered a state."""
        self._add(f"state {state}", diary.note, "state", text, level, self._clock.now(), state)

    def raised(self, kind: str, text: str) -> None:
        """A person should know."""
        self._add(f"alert {kind}", diary.raise_alert, kind, text, self._clock.now())

    def cleared(self, kind: str) -> None:
        """What was raised is over."""
        self._add(f"end of alert {kind}", diary.clear_alert, kind, self._clock.now())

    def learnt(self, *, kind: AccountKind | None = None, uid: str = "") -> None:
        """What the venue told of the account itself."""
        self._add("what the account is", diary.learn, kind, uid)

    async def run(self) -> None:
        """Writes as things come, for ever; waits out a database that is down."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._write_for_ever())
            tasks.create_task(self._sample_balances())

    async def finish(self) -> bool:
        """Writes all that waits; False when the database did not take it."""
        self._take_balances()
        return await self._write()

    async def _write_for_ever(self) -> None:
        while True:
            await self._has_rows.wait()
            if not await self._write():
                await self._clock.sleep(RETRY_AFTER_S)

    async def _write(self) -> bool:
        try:
            while self._rows:
                await self._database.run(self._rows.save_next)
        except DatabaseError as error:
            logger.warning("the journal of account %s waits: %s", self._account_id, error)
            return False
        self._has_rows.clear()
        return True

    async def _sample_balances(self) -> None:
        while True:
            await self._clock.sleep(BALANCES_EVERY_S)
            self._take_balances()

    def _take_balances(self) -> None:
        """Those that changed since the last time, as they are now."""
        for balance in self._balances.values():
            self._add(f"balance of {balance.coin}", rows.store_balance, balance, self._clock.now())
        self._balances.clear()

    def _change_position(self, change: PositionChanged) -> None:
        now, key = self._clock.monotonic(), key_of(change.position)
        if change.kind is ChangeKind.MOVED and now - self._stored_at.get(key, -inf) < MOVED_EVERY_S:
            return
        self._stored_at[key] = now
        what = f"position {change.position.symbol} {change.position.side}, {change.kind}"
        if change.after is None:
            self._add(what, rows.close_position, change.position, change.at)
        else:
            is_opened = change.kind is ChangeKind.OPENED
            self._add(what, rows.store_position, change.after, change.at, is_opened=is_opened)
        if change.kind is not ChangeKind.MOVED:
            self._add(f"history of {what}", rows.note_position, change, self._clock.now())

    def _add(self, what: str, store: Callable[Concatenate[int, P], None], *args: P.args, **kwargs: P.kwargs) -> None:
        self._rows.add(Write(what, partial(store, self._account_id, *args, **kwargs)))
        self._has_rows.set()


def _begin(account_id: int, now: datetime) -> Known:
    diary.end_of_predecessor(account_id, now)
    return known_of(account_id)
