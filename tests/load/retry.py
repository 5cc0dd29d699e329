"""When a page tries again after its connection ended, as static/dashboard/retry.js says. Pure, but for chance."""

from random import Random
from typing import Final

from dashboard.protocol import codes

SERVICE_RESTART: Final = 1012
WAIT_S, JITTER_S = 5.0, 2.5
STORM_S: Final = 5.0
SLOW_S: Final = 60.0
MOST_FAILURES: Final = 3


class Retry:
    """Of one page. No code of a page under load is final."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._failures = 0

    def wait_s(self, code: int | None, has_stood: bool) -> float:
        """After a connection that ended with this code, or never began (None)."""
        self._failures = 0 if has_stood else self._failures + 1
        if self._failures >= MOST_FAILURES:
            return SLOW_S + JITTER_S * self._chance.random()
        if code in (codes.GOING_AWAY, SERVICE_RESTART):
            return STORM_S * self._chance.random()
        return WAIT_S + JITTER_S * self._chance.random()
