"""C1: five hundred dashboards, ten updates a second."""

from __future__ import annotations

from tests.faults.row import Result
from tests.load.crowd import Crowd
from tests.load.fanout import fan_out
from tests.load.row import Row
from tests.load.site import Site

CLIENTS, RATE = 500, 10
BARS = {"p99": 100.0, "p99.9": 250.0}


async def _play(site: Site, seconds: float) -> list[Result]:
    crowd = Crowd()
    async with site.web() as pid:
        await crowd.open(site.pages(CLIENTS))
        async with site.writing(RATE) as writes:
            heard = await fan_out(crowd, pid, writes, seconds)
        crowd.leave()
    return heard.results("C1", f"{CLIENTS} dashboards, {RATE}/s", BARS)


ROW = Row("C1", _play)
