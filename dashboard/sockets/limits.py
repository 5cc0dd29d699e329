"""How much is too much: of what comes in, of open sockets, of bad frames. Pure: times are monotonic seconds."""

from collections import Counter, OrderedDict
from collections.abc import Hashable
from typing import Final

# A name with its bucket takes some 350 bytes. So many within one second are an attack; then the oldest are forgotten.
MOST_NAMES: Final = 10_000


class TokenBucket:
    """`burst` at once, and `rate` a second in the long run. It is full in the beginning."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, burst
        self._left = float(burst)
        self._seen_at = float("-inf")

    def take(self, now: float) -> bool:
        """Whether one more is allowed; what is refused costs nothing."""
        # Never less than what was there: a clock that stands still, or a first look long ago, takes nothing away.
        self._left = min(self._burst, self._left + max(0.0, now - self._seen_at) * self._rate)
        self._seen_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Rates:
    """A bucket for each name. One that is full again is forgotten, so that a million names need no memory."""

    def __init__(self, rate: float, burst: int, most: int = MOST_NAMES) -> None:
        self._rate, self._burst, self._most = rate, burst, most
        self._full_after = burst / rate
        # In the order in which they were asked for last.
        self._buckets: OrderedDict[Hashable, tuple[float, TokenBucket]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, name: Hashable, now: float) -> bool:
        """Whether this name may once more."""
        self._forget(now)
        _, bucket = self._buckets.pop(name, (now, None))
        bucket = bucket or TokenBucket(self._rate, self._burst)
        self._buckets[name] = (now, bucket)
        return bucket.take(now)

    def _forget(self, now: float) -> None:
        while self._buckets:
            name, (asked_at, _) = next(iter(self._buckets.items()))
            if len(self._buckets) < self._most and now - asked_at < self._full_after:
                return
            del self._buckets[name]


class Strikes:
    """Bad frames of one connection. They are never forgiven: a client that is right sends none."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.count = 0

    def add(self) -> bool:
        """One more; whether that was the last."""
        self.count += 1
        return self.count >= self._most


class Seats:
    """How many sockets each name has, and all together. Whoever took a seat has to leave it, once."""

    def __init__(self, each: int, in_all: int | None = None) -> None:
        self._each, self._in_all = each, in_all
        self._taken: Counter[Hashable] = Counter()
        self._count = 0

    def __len__(self) -> int:
        """How many are taken."""
        return self._count

    def taken(self, name: Hashable) -> int:
        return self._taken[name]

    @property
    def is_full(self) -> bool:
        return self._in_all is not None and self._count >= self._in_all

    def is_full_for(self, name: Hashable) -> bool:
        return self._taken[name] >= self._each

    def take(self, name: Hashable) -> bool:
        """Whether there was a seat; if so, it is taken."""
        if self.is_full or self.is_full_for(name):
            return False
        self._taken[name] += 1
        self._count += 1
        return True

    def leave(self, name: Hashable) -> None:
        """Raises ValueError where there is no seat to leave: the counts would be wrong from then on."""
        if not self._taken[name]:
            raise ValueError(f"no seat is taken by {name!r}")
        self._taken[name] -= 1
        self._count -= 1
        if not self._taken[name]:
            del self._taken[name]
