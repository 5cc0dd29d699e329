"""C7: a client says ten thousand things a second, and then another. Each is closed; the others hear nothing of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial

from tests.faults.row import Result, Run
from tests.load.beside import beside
from tests.load.crowd import Crowd
from tests.load.fanout import WARM_S
from tests.load.frames import masked
from tests.load.line import Door, connect
from tests.load.listener import Listener
from tests.load.row import Row, figure
from tests.load.site import Site

OTHERS, RATE = 200, 10
FRAMES_A_SECOND, BURST_EVERY_S = 10_000, 0.01
CLOSED_WITHIN_S = 1.0
_PATIENCE_S = 5.0
_BURST = masked(b'{"type":"ping"}') * round(FRAMES_A_SECOND * BURST_EVERY_S)


async def _web(site: Site, seconds: float) -> list[Result]:
    async with site.web() as pid:
        return await _play(site, "C7 web", pid, seconds, site.pages)


async def _broadcast(site: Site, seconds: float) -> list[Result]:
    async with site.broadcast() as pid:
        return await _play(site, "C7 broadcast", pid, seconds, partial(site.clients, port=site.broadcast_port))


async def _play(site: Site, name: str, pid: int, seconds: float, doors: Callable[[int], list[Door]]) -> list[Result]:
    others, took = Crowd(), list[float]()
    await others.open(doors(OTHERS))

    async def misbehave() -> None:
        """One flood a second, each of a newcomer at the same door."""
        (door,), began = doors(1), time.monotonic()
        while time.monotonic() - began < seconds:
            took.append(await _flood(door))
            await asyncio.sleep(max(0.0, len(took) - (time.monotonic() - began)))

    async with site.writing(RATE) as writes:
        await asyncio.sleep(WARM_S)
        heard = await beside(others, pid, writes, seconds, misbehave)
    others.leave()
    what = f"{FRAMES_A_SECOND} frames a second of one client"
    return [
        figure(
            f"{name} closed",
            f"{what}: until it is closed",
            "s",
            max(took),
            CLOSED_WITHIN_S,
            Run(waited=heard.run.waited),
        ),
        *heard.results(name, what),
    ]


async def _flood(door: Door) -> float:
    """Seconds from its first frame until the server closed the connection."""
    line = await connect(door, Listener([]))
    began = time.monotonic()
    while line.is_open and time.monotonic() - began < _PATIENCE_S:
        line.transport.write(_BURST)
        await asyncio.sleep(BURST_EVERY_S)
    line.cut()
    return (line.ended_at or time.monotonic()) - began


WEB = Row("C7 web", _web)
BROADCAST = Row("C7 broadcast", _broadcast)
