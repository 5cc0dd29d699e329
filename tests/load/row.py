"""A row of `make load`: what is done to the servers, and its figures with their bars."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from tests.faults.row import Measure, Result, Run
from tests.load.delay import Delays
from tests.load.site import Site

_SHARES: Final = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999, "max": 1.0}


@dataclass(frozen=True)
class Row:
    """`play` measures for so many seconds."""

    name: str
    play: Callable[[Site, float], Awaitable[list[Result]]]


def figure(
    name: str,
    what: str,
    unit: str,
    value: float | None,
    bar: float | None = None,
    run: Run = Run(),  # noqa: B008  # it is frozen
    least: float | None = None,
) -> Result:
    """One line of the report. Without a bar it is there to compare with."""
    return Result(Measure(name, what, unit, bar, least=least), [replace(run, figure=value)])


def late(name: str, what: str, delays: Delays, bars: dict[str, float], run: Run) -> list[Result]:
    """How late updates were. What was lost stands at the first bar."""
    run = replace(run, void=delays.void)
    first = next(iter(bars), "p50")
    return [
        figure(
            f"{name} {percentile}",
            f"{what}: {percentile} of {len(delays.ms)} updates",
            "ms",
            delays.quantile(share),
            bars.get(percentile),
            run if percentile == first else Run(void=run.void, waited=run.waited),
        )
        for percentile, share in _SHARES.items()
    ]
