"""C10: clients are cut off at any moment, come back and say what they had last. Each event comes, and comes once."""

from __future__ import annotations

import asyncio
import time
from array import array
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from tests.faults.row import Result, Run
from tests.load.crowd import TAPE, Crowd, Member, settled
from tests.load.delay import Delays
from tests.load.fanout import WARM_S, complaints
from tests.load.row import Row, figure
from tests.load.site import Site

CLIENTS, RATE = 100, 20
# So many prove something, however long they take.
CUTS: Final = 10_000
MOST_THERE_S, MOST_AWAY_S = 1.0, 0.5
_BACK_WITHIN_S = 10.0
_AGAIN_AFTER_S = 0.2
_PATIENCE_S = 600.0


@dataclass
class Cuts:
    """`back` is how long it took each time until everything had followed."""

    began_at: float
    seconds: float
    chance: Random = field(default_factory=lambda: Random(10))
    count: int = 0
    back: Delays = field(default_factory=lambda: Delays(array("d")))

    @property
    def _goes_on(self) -> bool:
        passed = time.monotonic() - self.began_at
        return passed < self.seconds or (self.count < CUTS and passed < _PATIENCE_S)

    @property
    def void(self) -> str:
        """Why nothing was proved; "" where there were enough."""
        return f"there were only {self.count} cuts" if self.count < CUTS else ""

    async def suffer(self, member: Member) -> None:
        while self._goes_on:
            await asyncio.sleep(self.chance.random() * MOST_THERE_S)
            assert member.line is not None
            member.line.cut()
            self.count += 1
            await asyncio.sleep(self.chance.random() * MOST_AWAY_S)
            began = time.monotonic()
            await _come_back(member)
            self.back.ms.append((time.monotonic() - began) * 1000)


async def _play(site: Site, seconds: float) -> list[Result]:
    crowd = Crowd()
    async with site.web():
        await crowd.open(site.clients(CLIENTS), TAPE)
        async with site.writing(RATE) as writes:
            await asyncio.sleep(WARM_S)
            cuts = Cuts(time.monotonic(), seconds)
            await asyncio.gather(*(cuts.suffer(member) for member in crowd.members))
            await settled(crowd, writes[-1])
        run = replace(_run(crowd), void=cuts.void)
        crowd.leave()
    what = "clients are cut off and come back"
    return [
        figure("C10 cuts", f"{what}: how often, without a hole or a repeat", "1", cuts.count, run=run, least=CUTS),
        figure("C10 back", f"{what}: p99 until they are back", "ms", cuts.back.quantile(0.99)),
    ]


def _run(crowd: Crowd) -> Run:
    """A short cut is always made good: the answer that only the state follows is wrong here, if honest."""
    listeners = [member.listener for member in crowd.members]
    refused = sum(listener.recovered[False] for listener in listeners)
    only_state = (f"{refused} times only the state followed",) if refused else ()
    return Run(
        lost=sum(listener.holes for listener in listeners),
        duplicated=sum(listener.repeats for listener in listeners),
        complaints=(*only_state, *complaints(crowd)),
    )


async def _come_back(member: Member) -> None:
    """Again and again: its seat may still be taken by the connection that was cut."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_BACK_WITHIN_S):
            while not member.is_there:
                with suppress(OSError):
                    await member.come()
                if not member.is_there:
                    await asyncio.sleep(_AGAIN_AFTER_S)


ROW = Row("C10", _play)
