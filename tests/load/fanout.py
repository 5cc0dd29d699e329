"""Everybody hears every price: how late, at what cost, and whether anything was lost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.faults.row import Result, Run
from tests.load.crowd import Crowd, settled
from tests.load.delay import Delays
from tests.load.process import usage
from tests.load.row import figure, late

# Caches are filled, and what the handshakes left behind is done.
WARM_S = 1.0


@dataclass(frozen=True)
class Heard:
    """What a crowd heard in a while. `busy` and `waited`: for which share of it the server had a processor, and wanted
    one in vain.
    """

    delays: Delays
    run: Run
    busy: float
    waited: float

    def results(self, name: str, what: str, bars: dict[str, float]) -> list[Result]:
        return [
            *late(name, what, self.delays, bars, replace(self.run, waited=self.waited)),
            figure(f"{name} server", f"{what}: of the server's processor", "%", self.busy * 100),
            figure(f"{name} waited", f"{what}: in which the server wanted a processor in vain", "%", self.waited * 100),
            figure(f"{name} client", f"{what}: of the load client's processor", "%", self.delays.busy * 100),
        ]


async def fan_out(crowd: Crowd, pid: int, writes: Sequence[float], seconds: float) -> Heard:
    """Measures while somebody writes, and counts what was lost once the last of it had time to come."""
    await asyncio.sleep(WARM_S)
    server = usage(pid)
    delays = await crowd.measure(seconds)
    busy, waited = server.busy, server.waited
    missing = await settled(crowd, writes[-1])
    run = Run(lost=crowd.lost(writes, delays) + missing, duplicated=crowd.repeats, complaints=complaints(crowd))
    return Heard(delays, run, busy, waited)


def complaints(crowd: Crowd) -> tuple[str, ...]:
    """What became of those that should be there."""
    if all(member.is_there for member in crowd.members):
        return ()
    return (f"of the clients were {crowd.describe(crowd.members)}",)
