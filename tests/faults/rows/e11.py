"""E11: the peer vanishes without a FIN. Packets are dropped in both directions, and the socket stays as it is."""

from tests.faults.failover import LEAD, fail_over
from tests.faults.ground import Ground
from tests.faults.proxy import Proxy
from tests.faults.row import Row, Run
from tests.faults.stage import Stage, stage
from tests.faults.toxics import clean, swallow
from tests.waiting import wait_until

CLOSED_WITHIN_S = 5.0


async def _vanish(on: Stage, line: Proxy) -> None:
    line.toxic, line.is_deaf = swallow, True
    await on.proved(lambda: line.dropped, "no packet was dropped")


async def _return(on: Stage, line: Proxy) -> None:
    """What hung on the dead line is closed on our side by now: its first byte finds nobody."""
    line.toxic, line.is_deaf = clean, False
    await wait_until(lambda: line.links <= 1, CLOSED_WITHIN_S)


async def _play(ground: Ground) -> Run:
    async with stage(ground) as on, on.line_to(LEAD) as line:
        return await fail_over(on, lambda: _vanish(on, line), lambda: _return(on, line))


ROW = Row("E11", "half-open TCP: packets dropped, no FIN", "s", 4.0, _play)
