"""C3: readers that stop. Each is cut, costs the server little, and the others hear nothing of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from tests.faults.row import Result, Run
from tests.load.beside import beside
from tests.load.connection import held_by_server
from tests.load.crowd import Crowd
from tests.load.fanout import WARM_S
from tests.load.line import Door
from tests.load.process import KIB, Usage, usage
from tests.load.row import Row, figure
from tests.load.site import Site

OTHERS, STOPPED, RATE = 100, 20, 100
BUFFER = 4 * KIB
CUT_WITHIN_S = 10.0
MIB_EACH = 1.0
# Longer than any of them may stay.
_PATIENCE_S = 3 * CUT_WITHIN_S
_LOOK_EVERY_S = 0.1


@dataclass
class Stopped:
    """Readers that were there and read no more: how long the server kept each, and what they took at most."""

    server: Usage
    kept_s: list[float] = field(default_factory=list)
    grown_kib: float = 0.0

    async def stop(self, readers: Crowd) -> None:
        stopped_at = {}
        for member in readers.members:
            assert member.line is not None
            member.line.transport.pause_reading()
            stopped_at[member.line.transport.get_extra_info("sockname")] = time.monotonic()
        port, gives_up_at = readers.members[0].door.port, time.monotonic() + _PATIENCE_S
        while stopped_at and time.monotonic() < gives_up_at:
            await asyncio.sleep(_LOOK_EVERY_S)
            self.grown_kib = max(self.grown_kib, self.server.grown_kib)
            for gone in stopped_at.keys() - held_by_server(port):
                self.kept_s.append(time.monotonic() - stopped_at.pop(gone))
        self.kept_s += [float("inf") for _ in stopped_at]


async def _web(site: Site, seconds: float) -> list[Result]:
    async with site.web() as pid:
        return await _play(site, "C3 web", pid, seconds, site.pages)


async def _broadcast(site: Site, seconds: float) -> list[Result]:
    async with site.broadcast() as pid:
        return await _play(site, "C3 broadcast", pid, seconds, partial(site.clients, port=site.broadcast_port))


async def _play(site: Site, name: str, pid: int, seconds: float, doors: Callable[..., list[Door]]) -> list[Result]:
    others, readers = Crowd(), Crowd()
    await others.open(doors(OTHERS))
    await readers.open(doors(STOPPED, buffer=BUFFER))
    async with site.writing(RATE) as writes:
        await asyncio.sleep(WARM_S)
        stopped = Stopped(usage(pid))
        heard = await beside(others, pid, writes, seconds, lambda: stopped.stop(readers))
    others.leave()
    readers.leave()
    what = f"{STOPPED} readers stop"
    return [
        figure(f"{name} cut", f"{what}: until the last is cut", "s", *_longest(stopped, heard.run.waited)),
        figure(f"{name} memory", f"{what}: of the server for each", "MiB", stopped.grown_kib / KIB / STOPPED, MIB_EACH),
        *heard.results(name, what),
    ]


def _longest(stopped: Stopped, waited: float) -> tuple[float, float, Run]:
    kept = sum(each == float("inf") for each in stopped.kept_s)
    complaints = (f"{kept} were still there after {_PATIENCE_S:g} s",) if kept else ()
    return min(max(stopped.kept_s), _PATIENCE_S), CUT_WITHIN_S, Run(complaints=complaints, waited=waited)


WEB = Row("C3 web", _web)
BROADCAST = Row("C3 broadcast", _broadcast)
