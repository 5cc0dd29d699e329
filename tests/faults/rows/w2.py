"""W2: the worker that holds the feed is asked to end, in the middle of its work."""

import asyncio
import signal
import time

from tests.faults.ground import Ground
from tests.faults.processes import Workers, two_workers
from tests.faults.row import Row, Run
from tests.faults.stage import stage
from tests.waiting import wait_until

ENDED_WITHIN_S = 5.0
TAKEN_WITHIN_S = 1.0


async def _play(ground: Ground) -> Run:
    async with stage(ground) as on:
        async with two_workers(on, ground.redis_url) as workers:
            name, fence = await workers.holder()
            await asyncio.sleep(ground.chance.random())
            began = time.monotonic()
            workers.signal(name, signal.SIGTERM)
            ended = asyncio.create_task(_ended(workers, name))
            await workers.holder(after=fence, within=4 * ENDED_WITHIN_S)
            taken = time.monotonic()
            ended_at = await ended
        waited = taken - ended_at
        late = (f"its successor came {waited:.1f} s after its end",) if waited > TAKEN_WITHIN_S else ()
        return (await on.books()).as_run(ended_at - began, *late)


async def _ended(workers: Workers, name: str) -> float:
    """When it had, by the monotonic clock."""
    await wait_until(lambda: workers.has_ended(name), 4 * ENDED_WITHIN_S)
    return time.monotonic()


ROW = Row(
    "W2",
    "the worker is asked to end, until it has",
    "s",
    ENDED_WITHIN_S,
    _play,
    within=120.0,
    most_at_once=3,
    may_wait=0.3,
)
