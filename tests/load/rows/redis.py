"""REDIS: the primary is killed under five hundred clients. Prices go on, and no socket closes."""

from __future__ import annotations

import asyncio

from tests.faults.row import Result, Run
from tests.load.crowd import Crowd, settled
from tests.load.fanout import WARM_S, complaints
from tests.load.row import Row, figure
from tests.load.site import Site

CLIENTS, RATE = 500, 10
GAP_S = 1.5


async def _play(site: Site, seconds: float) -> list[Result]:
    crowd = Crowd()
    async with site.web(), site.writing(RATE) as writes:
        await crowd.open(site.pages(CLIENTS))
        await asyncio.sleep(WARM_S)
        for member in crowd.members:
            member.listener.gap = 0.0
        site.primary.kill()
        delays = await crowd.measure(seconds)
        missing = await settled(crowd, writes[-1])
        holes = sum(member.listener.holes for member in crowd.members)
        run = Run(lost=missing + holes, duplicated=crowd.repeats, complaints=complaints(crowd), void=delays.void)
        gap = max(member.listener.gap for member in crowd.members)
        crowd.leave()
    site.restart_primary()
    what = f"the primary Redis is killed under {CLIENTS} clients"
    return [
        figure("REDIS gap", f"{what}: longest time without a price", "s", gap, GAP_S, run),
        figure("REDIS max", f"{what}: latest update", "ms", delays.quantile(1.0)),
    ]


ROW = Row("REDIS", _play)
