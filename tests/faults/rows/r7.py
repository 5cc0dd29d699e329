"""R7: both Redis servers are away: the log goes to a file, and from there to the first of them that is back."""

import asyncio
import time

from tests.faults.ground import Ground
from tests.faults.pair import both_redis
from tests.faults.row import FaultMissing, Row, Run
from tests.waiting import wait_for

# Of the 60 s of the row: a minute for each of thirty runs is too long, and the file is the same.
AWAY_S = 6.0
REPLAYED_WITHIN_S = 30.0


async def _play(ground: Ground) -> Run:
    async with both_redis(ground) as (on, servers):
        async with on.feeding():
            await asyncio.sleep(ground.chance.random())
            servers.primary.kill()
            servers.failover.kill()
            await asyncio.sleep(AWAY_S)
            if not servers.spooled_bytes():
                raise FaultMissing("nothing was spooled")
            servers.failover.start()
            servers.primary.start()
            back = time.monotonic()

            async def look() -> float | None:
                return time.monotonic() - back if not servers.spooled_bytes() else None

            replayed = await wait_for(look, REPLAYED_WITHIN_S)
            await on.delivered(1)
        books = await on.books()
        return books.as_run(replayed)


ROW = Row(
    "R7",
    f"both Redis servers are away for {AWAY_S:g} s, until the spool is replayed",
    "s",
    30.0,
    _play,
    most_at_once=3,
    may_wait=0.3,
)
