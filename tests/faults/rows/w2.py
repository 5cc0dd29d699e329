"""W2: the worker that holds the feed is asked to end, in the middle of its work."""

import asyncio
import signal
import time

from tests.faults.ground import Ground
from tests.faults.processes import two_workers
from tests.faults.row import Row, Run
from tests.waiting import wait_until

ENDED_WITHIN_S = 5.0
TAKEN_WITHIN_S = 1.0


async def _play(ground: Ground) -> Run:
    async with two_workers(ground) as (on, workers):
        name, fence = await workers.holder()
        await asyncio.sleep(ground.chance.random())
        began = time.monotonic()
        workers.signal(name, signal.SIGTERM)
        ended = asyncio.create_task(wait_until(lambda: workers.has_ended(name), 4 * ENDED_WITHIN_S))
        await workers.holder(after=fence, within=4 * ENDED_WITHIN_S)
        taken = time.monotonic()
        await ended
        took = time.monotonic() - began
        await on.delivered(1)
    books = await on.books()
    waited = max(0.0, taken - began - took)
    late = (f"its successor came {waited:.1f} s after its end",) if waited > TAKEN_WITHIN_S else ()
    return books.as_run(took, *late)


ROW = Row("W2", "the worker is asked to end, until it has", "s", ENDED_WITHIN_S, _play, within=120.0, may_wait=0.3)
