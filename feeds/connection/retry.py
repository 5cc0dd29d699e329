"""How long to wait before the next try. Pure: the caller brings attempts and randomness."""

from collections.abc import Callable
from dataclasses import dataclass


def fibonacci(n: int) -> int:
    """1, 1, 2, 3, 5, 8."""
    # Far past any cap, and keeps attempt 1 000 000 from computing a number of 200 000 digits.
    a, b = 1, 1
    for _ in range(min(n, 90) - 1):
        a, b = b, a + b
    return a


def doubling(n: int) -> int:
    """1, 2, 4, 8, 16; bounded for the same reason."""
    return 1 << min(n, 90) - 1


@dataclass(frozen=True)
class RetryPolicy:
    """Waits of `base` seconds times `steps`, up to `cap`; after `max_attempts` one try every `slow_lane` seconds.

    Attempts shape the waiting and nothing else: no venue is ever given up for good. A venue is forgiven after
    `reset_after` seconds of data, not for an open socket.
    """

    base: float
    cap: float
    max_attempts: int
    jitter: float
    reset_after: float
    slow_lane: float
    steps: Callable[[int], int] = fibonacci

    def wait(self, attempt: int, chance: float) -> float:
        """Seconds to wait after the failed attempt number `attempt` (1 is the first); `chance` is in [0, 1)."""
        seconds = self.slow_lane if attempt > self.max_attempts else min(self.cap, self.base * self.steps(attempt))
        return seconds * (1 + self.jitter * (2 * chance - 1))


VENUE_FEED = RetryPolicy(base=1.0, cap=55.0, max_attempts=144, jitter=0.2, reset_after=60.0, slow_lane=900.0)


def planned_life(life_after: float | None, chance: float) -> float:
    """Seconds after which a session is renewed on purpose, before its venue cuts it: 23 h 15 min to 23 h 45 min of a
    day. Infinite where the venue says nothing; `chance` is in [0, 1).
    """
    if life_after is None:
        return float("inf")
    return life_after * (1 - (1 + 2 * chance) / 96)
