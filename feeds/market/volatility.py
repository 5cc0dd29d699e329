"""How restless an instrument is, and what is scaled with that. Pure: every call brings the time in monotonic seconds.

Two variances of the displayed price's returns, a quick one (half of it is 23 s old at most) and a slow one (23 min):
`rho` is the root of their quotient, about 1 while the market is as it was. Browsers are not sent to at longer or
shorter intervals, whatever the market does: a price has to be on the page within its budget always.
"""

from decimal import Decimal
from math import inf, log, sqrt
from typing import Final, NamedTuple

QUICK_KEPT: Final = 0.97
SLOW_KEPT: Final = 0.9995
# Above these, one standby venue more each.
RESTLESS: Final = (2.0, 4.0)
HYSTERESIS: Final = 0.2
CHANGED_EVERY_S: Final = 10.0
TRAP_PERIOD_S, RESTLESS_TRAP_PERIOD_S = 15.0, 5.0
DB_BATCH, DB_BATCH_LEAST, DB_BATCH_MOST = 500, 200, 5000


class Scale(NamedTuple):
    """What is done more of while prices move: standby venues, looking for traps, rows in a batch."""

    more_standbys: int = 0
    trap_period: float = TRAP_PERIOD_S
    db_batch: int = DB_BATCH


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
        self._scale = Scale()
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

    def scale(self, now: float) -> Scale:
        """What is wanted now."""
        if now - self._changed_at >= CHANGED_EVERY_S and (wanted := scaled(self._scale, self.rho)) != self._scale:
            self._scale, self._changed_at = wanted, now
        return self._scale


def scaled(scale: Scale, rho: float) -> Scale:
    """What a market of this rho wants, where `scale` is what it wanted before."""
    more = _more_standbys(scale.more_standbys, rho)
    batch = round(min(DB_BATCH_MOST, max(DB_BATCH_LEAST, DB_BATCH * rho)))
    is_other = abs(batch - scale.db_batch) > HYSTERESIS * scale.db_batch
    return Scale(more, RESTLESS_TRAP_PERIOD_S if more else TRAP_PERIOD_S, batch if is_other else scale.db_batch)


def _more_standbys(before: int, rho: float) -> int:
    """One that was asked for stays until it is a fifth quieter than it had to be for it."""
    limits = [limit * (1 - HYSTERESIS) if step < before else limit for step, limit in enumerate(RESTLESS)]
    return sum(rho > limit for limit in limits)
