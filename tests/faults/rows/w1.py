"""W1: the worker that holds the feed is killed; another one holds it again, and what was missed is repaired."""

import asyncio
import signal
import time

from tests.faults.ground import Ground
from tests.faults.processes import longest_pause, two_workers
from tests.faults.row import Row, Run
from tests.faults.stage import stage

HELD_WITHIN_S = 7.0


async def _play(ground: Ground) -> Run:
    async with stage(ground) as on:
        async with two_workers(on, ground.redis_url) as workers:
            name, fence = await workers.holder()
            # Anywhere between two renewals of its lease.
            await asyncio.sleep(2 * ground.chance.random())
            began = time.monotonic()
            workers.signal(name, signal.SIGKILL)
            await on.proved(lambda: workers.has_ended(name), "the worker went on")
            await workers.holder(after=fence, within=2 * HELD_WITHIN_S)
            took = time.monotonic() - began
        late = (f"it was held again after {took:.1f} s",) if took > HELD_WITHIN_S else ()
        return (await on.books()).as_run(longest_pause(await on.shown()), *late)


ROW = Row(
    "W1",
    "the worker is killed, longest time without a price",
    "s",
    4.0,
    _play,
    within=120.0,
    most_at_once=3,
    may_wait=0.3,
)
