"""E29: ten thousand trades a second, for ten seconds: all are stored, soon, and in bounded memory."""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from feeds.models import Trade
from feeds.storage.latest import LoggedTrade
from feeds.storage.redis import Entry
from tests.exchange import tasks
from tests.faults.ground import Ground
from tests.faults.ledger import repeated
from tests.faults.memory import MIB, resident
from tests.faults.row import FaultMissing, Row, Run
from tests.faults.stage import Stage, draining, stage
from tests.feeds.connection.running import running
from tests.feeds.storage.log import trades_of
from tests.waiting import wait_for

RATE, SECONDS = 10_000, 10
# Sent by so much more slowly, it was no such flood.
LATE_S = 0.5
DRAINED_WITHIN_S = 30.0
MOST_GROWTH = 150 * MIB
LOOK_EVERY_S = 0.1


async def _play(ground: Ground) -> Run:
    """One venue alone, so that nothing else is in the log."""
    seconds = round(SECONDS * ground.lasting)
    async with stage(ground) as on, _flooding(RATE, seconds) as flood:
        await on.set_feed(standbys=0)
        await on.set_venues(is_enabled=False)
        await on.set_venues("binance", is_enabled=True, url=f"ws://127.0.0.1:{await _number(flood):.0f}/stream")
        before = resident()
        with draining():
            async with running(clock=on.clock), _watching_memory() as seen:
                if (took := await _number(flood)) > seconds + LATE_S:
                    raise FaultMissing(f"the flood took {took:.1f} s to be sent")
                drained = await _drained(on, RATE * seconds)
        return await _run(on, RATE * seconds, drained, max(seen, default=before) - before)


@asynccontextmanager
async def _flooding(rate: int, seconds: int) -> AsyncIterator[Process]:
    command = [sys.executable, "-m", "tests.faults.flood", str(rate), str(seconds)]
    process = await asyncio.create_subprocess_exec(*command, cwd=Path(__file__).parents[3], stdout=PIPE)
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def _number(process: Process) -> float:
    """The next one that it says."""
    assert process.stdout is not None
    return float(await asyncio.wait_for(process.stdout.readline(), 3 * SECONDS))


@asynccontextmanager
async def _watching_memory() -> AsyncIterator[list[int]]:
    seen: list[int] = []

    async def watch() -> None:
        while True:
            seen.append(resident())
            await asyncio.sleep(LOOK_EVERY_S)

    watching = tasks.start(watch())
    try:
        yield seen
    finally:
        await tasks.stop([watching])


async def _drained(on: Stage, trades: int) -> float | None:
    """Seconds from the last trade that was sent until all are in the database; None where that took too long."""
    began = time.monotonic()

    async def look() -> float | None:
        is_stored = await on.database.run(Trade.objects.count) >= trades
        return time.monotonic() - began if is_stored else None

    try:
        return await wait_for(look, DRAINED_WITHIN_S)
    except TimeoutError:
        return None


async def _run(on: Stage, trades: int, drained: float | None, growth: int) -> Run:
    entries = await on.entries()
    stored = await on.database.run(Trade.objects.count)
    complaints = []
    if drained is None:
        complaints.append(f"{stored} stored after {DRAINED_WITHIN_S:g} s")
    if growth > MOST_GROWTH:
        complaints.append(f"memory grew by {growth / MIB:.0f} MiB")
    doubled = repeated(trades_of(entries))
    return Run(_p99_ms(entries), max(0, trades - stored), len(doubled), 0, tuple(complaints))


def _p99_ms(entries: Sequence[Entry]) -> float | None:
    """From received to durable: an entry's id is the time at which Redis took it. Quotes waited for their second."""
    delays = sorted(_delay_ms(entry[0], trade) for entry in entries for trade in trades_of([entry]))
    return delays[len(delays) * 99 // 100] if delays else None


def _delay_ms(entry_id: bytes, trade: LoggedTrade) -> float:
    return int(entry_id.split(b"-")[0]) - trade.received_at.timestamp() * 1000


ROW = Row(
    "E29",
    "10 000 trades/s for 10 s, received to durable, p99",
    "ms",
    100.0,
    _play,
    within=120.0,
    runs=1,
    most_at_once=1,
    may_wait=0.1,
)
