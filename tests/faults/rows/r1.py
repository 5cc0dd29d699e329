"""R1: the primary Redis is killed while trades come in; what it did not confirm goes to the other one at once."""

import asyncio

from tests.faults.ground import Ground
from tests.faults.pair import Servers, both_redis, slowest_write
from tests.faults.row import Row, Run
from tests.faults.stage import Stage

AWAY_S = 2.0


async def _play(ground: Ground) -> Run:
    async with both_redis(ground) as (on, servers):
        async with on.feeding():
            await asyncio.sleep(ground.chance.random())
            await _kill(on, servers)
            servers.primary.start()
            await on.delivered(1)
        books = await on.books()
        return books.as_run(slowest_write(servers))


async def _kill(on: Stage, servers: Servers) -> None:
    servers.primary.kill()
    await on.proved(lambda: not servers.primary.is_up(), "the primary went on")
    await asyncio.sleep(AWAY_S)
    await on.proved(servers.is_failover_written, "nothing came to the failover server")


ROW = Row("R1", "the primary Redis is killed, longest write", "s", 1.0, _play, most_at_once=3, may_wait=0.3)
