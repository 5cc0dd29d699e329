"""A fake database: leases that expire, as in `storage/lease.py`, and trades; there or not."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from tests.simulation.schedule import Schedule

DURATION_S: Final = 6.0


class DatabaseDown(Exception):
    """Nobody answers."""


@dataclass
class Lease:
    """Who runs the feed, until when, and how often it was taken."""

    holder: str = ""
    fence: int = 0
    expires: float = float("-inf")


class FakeDatabase:
    """Its own clock counts, not the workers'."""

    def __init__(self, schedule: Schedule) -> None:
        self.lease = Lease()
        self._schedule = schedule
        self._troubles: Counter[str] = Counter()

    @property
    def is_there(self) -> bool:
        return not self._troubles["down"]

    def begin(self, trouble: str) -> None:
        self._troubles[trouble] += 1

    def end(self, trouble: str) -> None:
        self._troubles[trouble] -= 1

    def claim(self, holder: str) -> int | None:
        """The new fence; None while somebody holds it."""
        self._check()
        if self.lease.expires >= self._schedule.now:
            return None
        self.lease = Lease(holder, self.lease.fence + 1, self._schedule.now + DURATION_S)
        return self.lease.fence

    def renew(self, holder: str, fence: int) -> bool:
        self._check()
        if (self.lease.holder, self.lease.fence) != (holder, fence):
            return False
        self.lease.expires = self._schedule.now + DURATION_S
        return True

    def _check(self) -> None:
        if not self.is_there:
            raise DatabaseDown
