"""An account's diary in the database: what it holds, what happened, what differed. Never makes the loop wait."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Concatenate, Final, ParamSpec

from django.db import DatabaseError

from feeds.clock import Clock
from feeds.storage.database import DatabaseThread
from feeds.storage.rows import WaitingRows
from positions.book.change import BalanceChanged, Change, ChangeKind, Filled, OrderChanged, PositionChanged
from positions.book.difference import Difference
from positions.book.holdings import Key, key_of
from positions.keys.verdict import Verdict
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
        self._moved: dict[Key, PositionChanged] = {}
        self._balances: dict[str, Balance] = {}

    async def begin(self) -> Known:
        """What an earlier process knew. Its alerts and drifts are over.

        Raises DatabaseError. Nobody may follow the account then: what is not recalled is never told to be closed.
        """
        return await self._database.run(_begin, self._account_id, self._clock.now())

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

    def read_fills(self, until: datetime) -> None:
        """All fills from before were told."""
        self._add("until when fills are read", diary.read_fills, until)

    def judged(self, verdict: Verdict, revision: int) -> None:
        """What came of a key when a line was opened with it."""
        self._add("what came of the key", diary.keep_verdict, revision, verdict, self._clock.now())

    async def run(self) -> None:
        """Writes as things come, for ever; waits out a database that is down."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._write_for_ever())
            tasks.create_task(self._sample(MOVED_EVERY_S, self._take_moved))
            tasks.create_task(self._sample(BALANCES_EVERY_S, self._take_balances))

    async def finish(self) -> bool:
        """Writes all that waits; False when the database did not take it."""
        self._take_moved()
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

    async def _sample(self, every_s: float, take: Callable[[], None]) -> None:
        while True:
            await self._clock.sleep(every_s)
            take()

    def _take_moved(self) -> None:
        """The positions whose numbers moved since the last time, as they are now."""
        for change in self._moved.values():
            self._store_position(change)
        self._moved.clear()

    def _take_balances(self) -> None:
        """Those that changed since the last time, as they are now."""
        for balance in self._balances.values():
            self._add(f"balance of {balance.coin}", rows.store_balance, balance, self._clock.now())
        self._balances.clear()

    def _change_position(self, change: PositionChanged) -> None:
        """What merely moved waits for the next sample, unless more becomes of the position before."""
        if change.kind is ChangeKind.MOVED:
            self._moved[key_of(change.position)] = change
            return
        self._moved.pop(key_of(change.position), None)
        self._store_position(change)
        self._add(f"history of {_title(change)}", rows.note_position, change, self._clock.now())

    def _store_position(self, change: PositionChanged) -> None:
        if change.after is None:
            self._add(_title(change), rows.close_position, change.position, change.at)
        else:
            is_opened = change.kind is ChangeKind.OPENED
            self._add(_title(change), rows.store_position, change.after, change.at, is_opened=is_opened)

    def _add(self, what: str, store: Callable[Concatenate[int, P], None], *args: P.args, **kwargs: P.kwargs) -> None:
        self._rows.add(Write(what, partial(store, self._account_id, *args, **kwargs)))
        self._has_rows.set()


def _title(change: PositionChanged) -> str:
    return f"position {change.position.symbol} {change.position.side}, {change.kind}"


def _begin(account_id: int, now: datetime) -> Known:
    diary.end_of_predecessor(account_id, now)
    return known_of(account_id)
