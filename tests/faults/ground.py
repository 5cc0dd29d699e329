"""What a run stands on: an empty Redis, a database with the rows of a fresh one, and a number of its own."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Ground:
    """`number` counts the runs of a row, from 0: some rows take another form each time.

    `haste` is how many times faster than usual a row that is compressed may run, where few others run beside it.
    """

    redis_url: str
    failover_url: str = ""
    number: int = 0
    haste: float = 1.0

    @property
    def chance(self) -> Random:
        """The same for the same run of a row."""
        return Random(self.number)
