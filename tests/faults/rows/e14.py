"""E14: the venue says goodbye, politely or not."""

from tests.faults.failover import LEAD, fail_over
from tests.faults.ground import Ground
from tests.faults.row import Row, Run
from tests.faults.stage import Stage, stage

CUT = 1006
CODES = (1000, 1001, 1005, CUT)


async def _close(on: Stage, code: int) -> None:
    if code == CUT:
        on.exchange.faults.set(LEAD, "hang_up")
    else:
        on.exchange.faults.set(LEAD, "close", code=code)
    await on.proved(lambda: on.cuts(LEAD) == [code], f"the connection was not closed with {code}")


async def _heal(on: Stage) -> None:
    """It is over by itself."""


async def _play(ground: Ground) -> Run:
    code = CODES[ground.number % len(CODES)]
    async with stage(ground) as on:
        return await fail_over(on, lambda: _close(on, code), lambda: _heal(on))


ROW = Row("E14", "close 1000, 1001, 1005, 1006 in turn", "s", 0.5, _play)
