"""E1: connections are refused, and the one that is there is cut."""

from tests.faults.failover import LEAD, fail_over
from tests.faults.ground import Ground
from tests.faults.row import Row, Run
from tests.faults.stage import STANDBYS, Stage, stage


async def _refuse(on: Stage) -> None:
    on.exchange.faults.set(LEAD, "refuse", status=0)
    on.exchange.faults.set(LEAD, "hang_up")
    await on.proved(lambda: on.cuts(LEAD) == [1006], "the connection was not cut")


async def _heal(on: Stage) -> None:
    """Not before it was tried again in vain."""
    await on.proved(lambda: on.exchange.faults.hits[LEAD, "refuse"], "no connection was refused")
    on.exchange.faults.clear()


async def _play(ground: Ground, standbys: int) -> Run:
    async with stage(ground) as on:
        return await fail_over(on, lambda: _refuse(on), lambda: _heal(on), standbys)


WARM = Row("E1", "connection refused", "s", 0.5, lambda ground: _play(ground, STANDBYS))
COLD = Row("E1 cold", "connection refused, without a standby", "s", 2.5, lambda ground: _play(ground, 0))
