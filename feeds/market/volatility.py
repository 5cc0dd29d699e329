"""How restless an instrument is, and how many standbys that wants. Pure: every call brings monotonic seconds.

Two variances of the displayed price's returns, a quick one (half of it is 23 s old at most) and a slow one (23 min):
`rho` is the root of their quotient, about 1 while the market is as it was. Browsers are not sent to at longer or
shorter intervals, whatever the market does: a price has to be on the page within its budget always.
"""

from decimal import Decimal
from math import inf, log, sqrt
from typing import Final

QUICK_KEPT: Final = 0.97
SLOW_KEPT: Final = 0.9995
# Above these, one standby venue more each.
RESTLESS: Final = (2.0, 4.0)
HYSTERESIS: Final = 0.2
CHANGED_EVERY_S: Final = 10.0


class _Variance:
    """Exponentially weighted, of a second's return; nothing is believed to have been before the first one."""

    def __init__(self, kept: float) -> None:
        self._kept = kept
        self._sum = self._weight = 0.0

    def note(self, change: float, seconds: float) -> None:
        """The logarithm of the price changed by so much in so many seconds."""
        kept: float = self._kept**seconds
        self._sum = kept * self._sum + (1 - kept) * change * change / seconds
        self._weight = kept * self._weight + (1 - kept)

    @property
    def value(self) -> float:
        return self._sum / self._weight if self._weight else 0.0


class Volatility:
    """Of one instrument. What it wants changes at most every 10 s, and not for a fifth more or less."""

    def __init__(self) -> None:
        self._quick, self._slow = _Variance(QUICK_KEPT), _Variance(SLOW_KEPT)
        self._last: tuple[Decimal, float] | None = None
        self._more_standbys = 0
        self._changed_at = -inf

    @property
    def rho(self) -> float:
        """How much more the price moves than it used to; 1 where it never moved."""
        return sqrt(self._quick.value / self._slow.value) if self._slow.value else 1.0

    def note(self, price: Decimal, now: float) -> None:
        """The displayed price, once a second. While there is none, do not call: the next one counts for the time."""
        if self._last is not None:
            before, noted_at = self._last
            if now <= noted_at:
                return
            change = log(price / before)
            for variance in (self._quick, self._slow):
                variance.note(change, now - noted_at)
        self._last = (price, now)

    def more_standbys(self, now: float) -> int:
        """How many venues more are wanted beside the leading one."""
        more = wanted(self._more_standbys, self.rho)
        if more != self._more_standbys and now - self._changed_at >= CHANGED_EVERY_S:
            self._more_standbys, self._changed_at = more, now
        return self._more_standbys


def wanted(before: int, rho: float) -> int:
    """How many standbys more a market of this rho wants; one that it has stays until it is a fifth quieter."""
    limits = [limit * (1 - HYSTERESIS) if step < before else limit for step, limit in enumerate(RESTLESS)]
    return sum(rho > limit for limit in limits)
