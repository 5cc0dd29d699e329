"""When an account's REST is asked what. Pure: every call brings the time in monotonic seconds.

The stream comes first; these questions hold it against REST. A row slows down by itself while much of a limit is in
use, before the venue does it: each time that it is asked, its period doubles, and halves again once there is room. A
row that is not answered leaves its turns, and is asked again soon at first, then ever later, until it is (B-12).
"""

from collections.abc import Mapping
from enum import StrEnum
from math import ceil, inf
from typing import Final

from feeds.connection.retry import RetryPolicy, doubling

# 2.1: after five quick tries one every half a minute.
BITGET_REST_UI: Final = RetryPolicy(
    base=1.0, cap=30.0, max_attempts=5, jitter=0.2, reset_after=60.0, slow_lane=30.0, steps=doubling
)


class What(StrEnum):
    """In the order in which they are asked when several are due."""

    POSITIONS = "positions"
    ORDERS = "orders"
    BALANCES = "balances"


# Seconds between two reads, by the account's profile.
PERIODS: Final[Mapping[str, Mapping[What, float]]] = {
    "relaxed": {What.POSITIONS: 5.0, What.ORDERS: 10.0, What.BALANCES: 30.0},
    "active": {What.POSITIONS: 2.0, What.ORDERS: 5.0, What.BALANCES: 10.0},
}
# However urgent it is: not twice within this.
LEAST_S: Final = 0.5
# However many frames make no sense: everything is asked once within this, beside the turns.
HURRY_EVERY_S: Final = 5.0
# Shares of a limit: above the first a row slows down, below the second it comes back.
SLOW_ABOVE: Final = 0.4
BACK_BELOW: Final = 0.2
SLOWEST: Final = 4
# Its multiples lie far apart within a period, for however many accounts.
_GOLDEN_RATIO: Final = 0.6180339887498949


class Cadence:
    """The rows of one account. Accounts have their turns at different moments, which their ids decide."""

    def __init__(self, profile: str, account: int, now: float) -> None:
        self._periods = PERIODS[profile]
        self._phase = account * _GOLDEN_RATIO % 1
        self._slowed = dict.fromkeys(What, 1)
        self._asked = dict.fromkeys(What, -inf)
        self._failures = dict.fromkeys(What, 0)
        # Where it failed: however urgent it becomes, not before, unless the line has come up since.
        self._not_before = dict.fromkeys(What, -inf)
        self._hurried_at = -inf
        self._due = {what: self._turn(what, now) for what in What}

    def period(self, what: What) -> float:
        """Seconds between two turns, as they are now."""
        return self._periods[what] * self._slowed[what]

    def due(self, now: float) -> list[What]:
        """What is to be asked now."""
        return [what for what in What if self._due[what] <= now]

    def asked(self, what: What, now: float, budget_used: float) -> None:
        """It was asked, answered or not; `budget_used` is the highest share of a limit in use."""
        if budget_used > SLOW_ABOVE:
            self._slowed[what] = min(SLOWEST, self._slowed[what] * 2)
        elif budget_used < BACK_BELOW:
            self._slowed[what] = max(1, self._slowed[what] // 2)
        self._asked[what] = now
        self._due[what] = self._turn(what, now)

    def answered(self, what: What) -> None:
        """It has its turns, as long as it has them."""
        self._failures[what] = 0
        self._not_before[what] = -inf

    def failed(self, what: What, now: float, chance: float) -> None:
        """It was asked and not answered; `chance` is in [0, 1). The others keep their turns."""
        self._failures[what] += 1
        self._due[what] = self._not_before[what] = now + BITGET_REST_UI.wait(self._failures[what], chance)

    def ask_again(self, what: What, at: float) -> None:
        """Not later than `at`: for a second look, beside the turns."""
        self._due[what] = min(self._due[what], max(at, self._asked[what] + LEAST_S, self._not_before[what]))

    def at_once(self, now: float) -> None:
        """Everything: the line has just come up, or is silent."""
        for what in What:
            self._not_before[what] = -inf
            self.ask_again(what, now)

    def hurry(self, now: float) -> None:
        """Everything: a frame made no sense. At once, or when the last hurry is long enough ago."""
        if now >= self._hurried_at:
            self._hurried_at = max(now, self._hurried_at + HURRY_EVERY_S)
        for what in What:
            self.ask_again(what, self._hurried_at)

    def _turn(self, what: What, now: float) -> float:
        """The first turn that is at least half a period away, so that no wait is longer than one and a half."""
        period = self.period(what)
        start = self._phase * period
        return start + period * ceil((now + period / 2 - start) / period)
