"""What every figure is given: the frames, the peers that read or write, and how long to measure."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.program import Program
from tests.bench.workload import Workload


@dataclass(frozen=True)
class Setting:
    workloads: Sequence[Workload]
    peers: Sequence[Program]
    writers: Sequence[Program]
    rounds: int
    seconds: float
    # None where there is none: then pages are not measured.
    chromium: str | None = None
    # Of the history that is asked for.
    rows: int = 10_000
