"""What a run stands on: an empty Redis, a database with the rows of a fresh one, and a number of its own."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Ground:
    """`number` counts the runs of a row, from 0: some rows take another form each time.

    `lasting` is the share of its full time for which a fault of seconds or minutes is kept up.
    """

    redis_url: str
    failover_url: str = ""
    number: int = 0
    lasting: float = 1.0

    @property
    def chance(self) -> Random:
        """The same for the same run of a row."""
        return Random(self.number)
