"""What somebody's bad manners cost the others: how late they hear, before and meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tests.faults.row import Result, Run
from tests.load.crowd import Crowd, settled
from tests.load.delay import Delays
from tests.load.fanout import complaints
from tests.load.process import usage
from tests.load.row import figure

# At most a fifth later than without.
BAR: Final = 1.2
_P99: Final = 0.99


@dataclass(frozen=True)
class Beside:
    before: Delays
    meanwhile: Delays
    run: Run

    def results(self, name: str, what: str) -> list[Result]:
        """p99 of both, and the one over the other."""
        before, meanwhile = self.before.quantile(_P99), self.meanwhile.quantile(_P99)
        ratio = meanwhile / before if before and meanwhile else None
        run = replace(self.run, void=self.before.void or self.meanwhile.void)
        return [
            figure(f"{name} others", f"{what}: p99 of the others, times before", "x", ratio, BAR, run),
            figure(f"{name} before", f"{what}: p99 of the others before", "ms", before),
            figure(f"{name} meanwhile", f"{what}: p99 of the others meanwhile", "ms", meanwhile),
        ]


async def beside(
    others: Crowd, pid: int, writes: Sequence[float], seconds: float, misbehave: Callable[[], Awaitable[None]]
) -> Beside:
    """Measures the others for a while, and then for as long as it lasts."""
    server = usage(pid)
    before = await others.measure(seconds)
    with others.stopwatch.measuring() as meanwhile:
        await misbehave()
    waited = server.waited
    missing = await settled(others, writes[-1])
    lost = others.lost(writes, before) + others.lost(writes, meanwhile) + missing
    run = Run(lost=lost, duplicated=others.repeats, complaints=complaints(others), waited=waited)
    return Beside(before, meanwhile, run)
