"""How much of the venue's limits is in use. Pure: every call brings the time in monotonic seconds."""

from collections import defaultdict, deque
from typing import Final

from feeds.pace import Rate

# From here on people are told (B-24).
ALERT_FROM: Final = 0.8
# A limit of one second is looked at over this long: a single call is no strain.
LATELY_S: Final = 10.0


class Usage:
    """What was called lately, held against the full limits and not against our part of them."""

    def __init__(self) -> None:
        self._called: defaultdict[tuple[str, Rate], deque[float]] = defaultdict(deque)
        self._spent_until = float("-inf")

    def note(self, what: str, rate: Rate, now: float) -> None:
        """This was called, whose limit is that rate."""
        self._called[what, rate].append(now)

    def spent(self, until: float) -> None:
        """The venue says that a limit is used up, whoever else used it: nothing is left of it so long."""
        self._spent_until = max(self._spent_until, until)

    def share(self, now: float) -> float:
        """The highest share in use of any limit, 0 to 1."""
        if now < self._spent_until:
            return 1.0
        shares = [_share(rate, called, now) for (_, rate), called in self._called.items()]
        return min(1.0, max(shares, default=0.0))


def _share(rate: Rate, called: deque[float], now: float) -> float:
    span = max(LATELY_S, rate.within)
    while called and now - called[0] >= span:
        called.popleft()
    return len(called) * rate.within / (rate.count * span)
