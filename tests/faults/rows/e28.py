"""E28: one trade at ten times the price is never shown; a crash that a second venue confirms is, within 3 s."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal

from tests.exchange import tasks
from tests.faults.ground import Ground
from tests.faults.row import Row, Run
from tests.faults.stage import Stage, stage
from tests.faults.trading import CALM, INSTRUMENT
from tests.waiting import wait_for

LEAD, SECOND = "binance", "kucoin"
SPIKE = CALM * 10
CRASH = CALM * Decimal("0.7")
# What is shown is written this often at most, so nothing is shown between two looks.
LOOK_EVERY_S = 0.01
# The venues' own last minute is known a little, and a spike that is confirmed by nobody had its 3 s and more.
CALM_S, AFTER_SPIKE_S = 3.0, 4.0
SHOWN_WITHIN_S = 10.0


async def _play(ground: Ground) -> Run:
    async with stage(ground) as on:
        async with on.feeding(LEAD), _watching(on) as seen:
            await on.clock.sleep(CALM_S)
            on.exchange.trade(LEAD, INSTRUMENT, SPIKE)
            await on.proved(lambda: any(sent.price == SPIKE for sent in on.exchange.ledger), "no spike was sent")
            await on.clock.sleep(AFTER_SPIKE_S)
            crashed_at = on.clock.now()
            on.prices |= {LEAD: CRASH, SECOND: CRASH}
            shown_at = await _shown_crash(on)
        return await _run(on, seen, crashed_at, shown_at)


@asynccontextmanager
async def _watching(on: Stage) -> AsyncIterator[set[Decimal]]:
    """Every price that is shown meanwhile."""
    seen: set[Decimal] = set()
    watching = tasks.start(_watch(on, seen))
    try:
        yield seen
    finally:
        await tasks.stop([watching])


async def _watch(on: Stage, seen: set[Decimal]) -> None:
    while True:
        seen.add((await on.observer.any_price()).price)
        await on.clock.sleep(LOOK_EVERY_S)


async def _shown_crash(on: Stage) -> datetime | None:
    async def look() -> datetime | None:
        return on.clock.now() if (await on.observer.any_price()).price == CRASH else None

    try:
        return await wait_for(look, SHOWN_WITHIN_S)
    except TimeoutError:
        return None


async def _run(on: Stage, seen: set[Decimal], crashed_at: datetime, shown_at: datetime | None) -> Run:
    complaints = ["the spike was shown"] if SPIKE in seen else []
    figure = (shown_at - crashed_at).total_seconds() if shown_at else None
    return (await on.books()).as_run(figure, *complaints)


ROW = Row("E28", "spike x 10 never shown; crash of 30 % at two venues shown", "s", 3.0, _play)
