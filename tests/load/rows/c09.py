"""C9: the web server is started anew under a thousand clients. All are back soon, and the database hardly notices."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from random import Random

from tests.faults.row import Result, Run
from tests.load.counted import counted
from tests.load.crowd import Crowd, Member
from tests.load.fanout import WARM_S, complaints
from tests.load.line import Line
from tests.load.process import usage
from tests.load.retry import Retry
from tests.load.row import Row, figure
from tests.load.site import Site

CLIENTS, RATE = 1000, 5
BACK_WITHIN_S = 15.0
QUERIES_EACH = 1.0
_PATIENCE_S = 4 * BACK_WITHIN_S


async def _play(site: Site, seconds: float) -> list[Result]:
    crowd, chance = Crowd(), Random(9)
    queries = site.stack.folder / "queries"
    async with site.web():
        await crowd.open(site.pages(CLIENTS))
        async with site.writing(RATE):
            await asyncio.sleep(WARM_S)
            cut_at = time.monotonic()
            coming = asyncio.gather(*(_come_back(member, chance) for member in crowd.members))
            await asyncio.to_thread(site.stack.end, "web", "stop")
            stopped_s = time.monotonic() - cut_at
            server = usage(await site.start_web(queries))
            back = await coming
            waited = server.waited
        asked = counted(queries)
        run = Run(duplicated=crowd.repeats, complaints=complaints(crowd), waited=waited)
        crowd.leave()
    what = f"web is started anew under {CLIENTS} clients"
    return [
        figure("C9 back", f"{what}: until the last is back", "s", max(back) - cut_at, BACK_WITHIN_S, run),
        figure("C9 queries", f"{what}: of the database for each", "1", asked / CLIENTS, QUERIES_EACH),
        figure("C9 stopped", f"{what}: until the old one has ended", "s", stopped_s),
    ]


async def _come_back(member: Member, chance: Random) -> float:
    """When it has the state again; the time at which it gave up where it has not."""
    retry, line, has_stood = Retry(chance), member.line, True
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_S):
            assert line is not None
            await line.ended.wait()
            while not member.is_there:
                await asyncio.sleep(retry.wait_s(line.code if line else None, has_stood))
                line, has_stood = await _try(member), False
    return time.monotonic()


async def _try(member: Member) -> Line | None:
    """The connection that came of it, if any."""
    with suppress(OSError):
        await member.come()
        return member.line
    return None


ROW = Row("C9", _play)
