"""R2: the primary Redis freezes: it takes what is sent to it and never answers."""

import asyncio

from tests.faults.ground import Ground
from tests.faults.pair import both_redis, slowest_write
from tests.faults.row import Row, Run

FROZEN_S = 3.0


async def _play(ground: Ground) -> Run:
    async with both_redis(ground) as (on, servers):
        async with on.feeding():
            await asyncio.sleep(ground.chance.random())
            servers.primary.freeze()
            await on.proved(servers.is_primary_frozen, "the primary answered")
            await asyncio.sleep(FROZEN_S)
            await on.proved(servers.is_failover_written, "nothing came to the failover server")
            servers.primary.thaw()
            await on.delivered(1)
        books = await on.books()
        return books.as_run(slowest_write(servers))


ROW = Row("R2", "the primary Redis freezes, longest write", "s", 1.5, _play, most_at_once=3, may_wait=0.3)
