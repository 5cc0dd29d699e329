"""C2: a thousand clients and a hundred outside ones, five updates a second; how much memory each of them takes."""

from __future__ import annotations

from tests.faults.row import Result
from tests.load.crowd import TAPE, Crowd
from tests.load.fanout import fan_out
from tests.load.process import usage
from tests.load.row import Row, figure
from tests.load.site import Site

CLIENTS, OUTSIDE, RATE = 1000, 100, 5
BARS = {"p99": 250.0}
KIB_EACH = 60.0


async def _web(site: Site, seconds: float) -> list[Result]:
    """Browsers and API clients on the web port."""
    async with site.web() as pid:
        return await _play(site, "C2 web", pid, site.stack.web_port, seconds)


async def _broadcast(site: Site, seconds: float) -> list[Result]:
    """API clients alone, on their own port."""
    async with site.broadcast() as pid:
        return await _play(site, "C2 broadcast", pid, site.broadcast_port, seconds)


async def _play(site: Site, name: str, pid: int, port: int, seconds: float) -> list[Result]:
    crowd = Crowd()
    is_web = port == site.stack.web_port
    # What the first clients bring into memory is the program's, such as modules and caches; not a client's.
    await crowd.open(site.clients(OUTSIDE, port), TAPE)
    before = usage(pid)
    await crowd.open(site.pages(CLIENTS) if is_web else site.clients(CLIENTS, port))
    async with site.writing(RATE) as writes:
        heard = await fan_out(crowd, pid, writes, seconds)
    each = before.grown_kib / CLIENTS
    crowd.leave()
    what = f"{CLIENTS} + {OUTSIDE} clients, {RATE}/s"
    return [
        *heard.results(name, what, BARS),
        figure(f"{name} memory", f"{what}: of the server for each", "KiB", each, KIB_EACH),
    ]


WEB = Row("C2 web", _web)
BROADCAST = Row("C2 broadcast", _broadcast)
