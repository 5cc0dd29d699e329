"""C8: five hundred handshakes a second from one address. Pages answer, and who is there hears everything."""

from __future__ import annotations

import asyncio
import time
from array import array
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace

from tests.faults.row import Result, Run
from tests.load.crowd import PAGE, Crowd
from tests.load.delay import Delays
from tests.load.fanout import WARM_S, fan_out
from tests.load.line import SWITCHED, Door, connect
from tests.load.listener import Listener
from tests.load.row import Row, figure
from tests.load.site import Site

CLIENTS, RATE = 100, 10
HANDSHAKES_A_SECOND = 500
# Of one address, and as many at once in the beginning: the setting's default.
LET_IN_A_SECOND = 50
HEALTH_EVERY_S = 0.05
HEALTH_MS = 500.0
FLOODER = "127.0.9.9"
_ANSWERED_WITHIN_S = 10.0
# Below it there was no flood.
_LEAST = 0.8


@dataclass
class Flood:
    """Handshakes at an even rate, whether or not they are answered; each connection is cut at once."""

    door: Door
    answers: Counter[int] = field(default_factory=Counter)
    begun: int = 0

    async def run(self, seconds: float) -> None:
        began = time.monotonic()
        async with asyncio.TaskGroup() as knocking:
            while (passed := time.monotonic() - began) < seconds:
                for _ in range(round(passed * HANDSHAKES_A_SECOND) - self.begun):
                    self.begun += 1
                    knocking.create_task(self._knock())
                await asyncio.sleep(1 / HANDSHAKES_A_SECOND)

    async def _knock(self) -> None:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_ANSWERED_WITHIN_S):
                line = await connect(self.door, Listener(PAGE))
            self.answers[line.status] += 1
            line.cut()

    def complaint(self, seconds: float) -> str:
        """Why nothing was proved; "" for a flood."""
        is_flood = self.begun >= _LEAST * seconds * HANDSHAKES_A_SECOND
        return "" if is_flood else f"only {self.begun} handshakes were begun in {seconds:g} s"


async def _play(site: Site, seconds: float) -> list[Result]:
    crowd, lasted = Crowd(), WARM_S + seconds
    async with site.web() as pid:
        await crowd.open(site.pages(CLIENTS))
        flood = Flood(replace(site.pages(1)[0], source=FLOODER))
        async with site.writing(RATE) as writes:
            await asyncio.sleep(WARM_S)
            health = asyncio.create_task(_ask_health(site.stack.web_port, lasted))
            flooding = asyncio.create_task(flood.run(lasted))
            heard = await fan_out(crowd, pid, writes, seconds)
            await flooding
            late = await health
        crowd.leave()
    what = f"{HANDSHAKES_A_SECOND} handshakes/s from one address"
    let_in, answered = flood.answers[SWITCHED] / lasted, flood.answers.total() / lasted
    flooded = Run(void=heard.delays.void or flood.complaint(lasted), waited=heard.waited)
    run = replace(heard.run, waited=flooded.waited, void=flooded.void)
    return [
        figure("C8 health", f"{what}: p99 of /health", "ms", late.quantile(0.99), HEALTH_MS, run),
        figure("C8 others", f"{what}: p99 of those who are there", "ms", heard.delays.quantile(0.99)),
        figure("C8 let in", f"{what}: that were let in", "1/s", let_in, LET_IN_A_SECOND * (1 + 1 / lasted), flooded),
        figure("C8 answered", f"{what}: that were answered", "1/s", answered),
        figure("C8 server", f"{what}: of the server's processor", "%", heard.busy * 100),
        figure("C8 client", f"{what}: of the load client's processor", "%", heard.delays.busy * 100),
    ]


async def _ask_health(port: int, seconds: float) -> Delays:
    """How long each answer took, asked one after the other."""
    delays, began = Delays(array("d")), time.monotonic()
    while (asked := time.monotonic()) - began < seconds:
        await _get(port, "/health")
        delays.ms.append((time.monotonic() - asked) * 1000)
        await asyncio.sleep(HEALTH_EVERY_S)
    return delays


async def _get(port: int, path: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
    await reader.read()
    writer.close()


ROW = Row("C8", _play)
