"""Past trades that a person asked for: page by page over REST into the log, from the place where it stopped before.

Whoever holds the lease does it: a worker, or the command. A page is in the log before its row says so: a crash between
the two asks for it once more, and the database leaves out what it knows.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import Any, Final

from django.db import DatabaseError

from feeds.address import rest_url
from feeds.clock import Clock
from feeds.connection.rest import RestClient
from feeds.errors import BadFrame, SessionEnded, printable
from feeds.market.gap import Mark
from feeds.market.span import HIGHEST_ID, LOWEST_ID, Span
from feeds.storage import backfill, past
from feeds.storage.allowance import Allowance
from feeds.storage.database import DatabaseThread
from feeds.storage.live import LiveStore
from feeds.storage.past import Wish
from feeds.storage.redis import RedisDown
from feeds.storage.tenure import Tenure
from feeds.types import Trade
from feeds.venues import REGISTRY

logger = logging.getLogger(__name__)

STOP_POLL_S: Final = 0.1
RETRY_FIRST_S: Final = 2.0
# So often in a row it may fail. A limit is waited out however often; a ban, or a certificate that is refused, may stay.
TRIES: Final = 5
FAILURES: Final = (SessionEnded, BadFrame, RedisDown, DatabaseError)
# What a mistake of ours, or a row that nobody expected, ends in.
BREAKS: Final = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
# Hears why it waits; "" when it goes on.
Tell = Callable[[str], None]


def _log(text: str) -> None:
    """Where nobody watches. That it goes on is no event."""
    if text:
        logger.info("a backfill waits: %s", text)


def lease_name(venue: str) -> str:
    """One for each venue: what is allowed there is spent on one wish after the other."""
    return f"backfill:{venue}"


def hold_backfills(venue: str, holder: str, stop: threading.Event, clock: Clock) -> bool:
    """For a worker's thread: all that waits of a venue, or until `stop` is set. False if somebody else does it."""
    return asyncio.run(run_backfill(venue, holder, stop, clock))


async def run_backfill(
    venue: str, holder: str, stop: threading.Event, clock: Clock, number: int | None = None, tell: Tell = _log
) -> bool:
    """The same in a loop; only this one where a number is given."""
    database = DatabaseThread(lease_name(venue))
    try:
        tenure = await Tenure.claim(lease_name(venue), holder, database, clock)
        if tenure is None:
            return False
        try:
            work = _run(number, database, clock, tell) if number else _run_all(venue, database, clock, tell)
            await _until_first(tenure.keep(), _wait_for(stop, clock), work)
        finally:
            await tenure.release()
        return True
    finally:
        await database.close()


async def _until_first(*works: Coroutine[Any, Any, None]) -> None:
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def _wait_for(stop: threading.Event, clock: Clock) -> None:
    while not stop.is_set():
        await clock.sleep(STOP_POLL_S)


async def _run_all(venue: str, database: DatabaseThread, clock: Clock, tell: Tell) -> None:
    while (number := await database.run(past.next_of, venue)) is not None:
        await _run(number, database, clock, tell)


async def _run(number: int, database: DatabaseThread, clock: Clock, tell: Tell) -> None:
    """Tries until it is over; a page that comes makes the failures before it forgotten."""
    store = LiveStore()
    fetch = _Fetch(number, database, store, clock, tell)
    try:
        while fetch.failures < TRIES:
            try:
                await fetch.run()
            except FAILURES as error:
                await fetch.rest_after(error)
            except BREAKS as error:
                # Else the next one would begin it again, for ever, and nothing else of its venue.
                await database.run(past.fail, number, printable(f"{type(error).__name__}: {error}"), clock.now())
                raise
            else:
                return
        await database.run(past.fail, number, fetch.trouble, clock.now())
    finally:
        await store.close()


class _Fetch:
    """One wish. `failures` counts those in a row, `trouble` is the last one."""

    def __init__(self, number: int, database: DatabaseThread, store: LiveStore, clock: Clock, tell: Tell) -> None:
        self.failures = 0
        self.trouble = ""
        self._number = number
        self._database = database
        self._store = store
        self._allowance = Allowance(store, clock)
        self._clock = clock
        self._tell = tell

    async def run(self) -> None:
        """From its place to its end, or to where it is stopped."""
        wish = await self._database.run(past.begin, self._number, self._clock.now())
        if wish is None:
            return
        venue = REGISTRY[wish.venue]
        client = RestClient(venue, rest_url(venue), self._allowance, self._clock)
        span = Span(wish.symbol, wish.from_at, wish.to_at, venue.rest.is_read_backward)
        place = wish.place or await _beginning(client, span, venue.rest.reach.by == "id")
        is_whole = span.is_over_at(place)
        async with aclosing(client.trades_in(span.gap_from(place))) as pages:
            while not is_whole and (page := await anext(pages, None)):
                place = span.place_after(page, place)
                if not await self._keep(wish, place, span.inside(page.trades)):
                    return
                # An answer about a time that is no full page has all of that time.
                is_answered = page.missing is None or (venue.rest.reach.by == "time" and not page.is_cut)
                is_whole = is_answered or span.is_over_at(place)
        reason = "" if is_whole else f"{venue.name} gives {venue.rest.reach}"
        if await self._database.run(past.end, self._number, reason, self._clock.now()):
            logger.info("%s of %s is fetched; %s", wish.instrument, venue.code, reason or "all of it")

    async def rest_after(self, error: Exception) -> None:
        """Waits: as long as the venue wishes, else longer each time. It is said why, also in the row."""
        wish = max(error.cool_off, error.wait_at_least) if isinstance(error, SessionEnded) else 0.0
        self.failures += not (isinstance(error, SessionEnded) and error.is_limit)
        self.trouble = printable(str(error))
        if self.failures == TRIES:
            return
        wait = max(wish, RETRY_FIRST_S * 2 ** max(0, self.failures - 1))
        text = f"{self.trouble}; goes on in {wait:.0f} s"
        self._tell(text)
        try:
            await self._database.run(past.wait, self._number, text)
        except DatabaseError as failure:
            logger.warning("why a backfill waits is not written: %s", failure)
        await self._clock.sleep(wait)
        self._tell("")

    async def _keep(self, wish: Wish, place: Mark, trades: list[Trade]) -> bool:
        now = self._clock.now()
        stored = await backfill.keep(self._store, wish.venue, wish.instrument, trades, now)
        self.failures = 0
        return await self._database.run(past.advance, wish.number, place, trades, stored, now)


async def _beginning(client: RestClient, span: Span, is_by_id: bool) -> Mark:
    if is_by_id:
        return Mark(str(await client.id_at(span.symbol, span.edge)), span.edge)
    return Mark(HIGHEST_ID if span.is_backward else LOWEST_ID, span.edge)
