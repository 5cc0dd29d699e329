"""E7: the venue falls silent, and answers every ping."""

from tests.faults.failover import LEAD, fail_over
from tests.faults.ground import Ground
from tests.faults.row import Row, Run
from tests.faults.stage import Stage, stage


async def _mute(on: Stage) -> None:
    on.exchange.faults.set(LEAD, "mute")
    await on.proved(lambda: on.exchange.faults.hits[LEAD, "mute"], "no frame was held back")


async def _heal(on: Stage) -> None:
    on.exchange.faults.clear()


async def _play(ground: Ground) -> Run:
    async with stage(ground) as on:
        return await fail_over(on, lambda: _mute(on), lambda: _heal(on))


ROW = Row("E7", "silent stall, pings answered", "s", 4.0, _play)
