"""A fake venue: it numbers its trades, and has troubles that come and go. The network to it is one of them."""

from collections import Counter
from random import Random
from typing import Final

from feeds.connection.events import VenueTerms
from tests.simulation.schedule import Schedule

# Any of these, and no data comes over an open session.
SILENCING: Final = ("down", "mute", "unreachable")
# Any of these, and it is not believed; nor for as long afterwards as a circuit may stay open.
DOUBTFUL: Final = ("lying", "half lying", "skewed")
DISTRUSTED_FOR_S: Final = 640.0
SPARSE_FOR_S: Final = 120.0
# An instrument that was refused is not asked for again before.
REFUSED_FOR_S: Final = 600.0
# How far the clock of a venue in this trouble is behind ours.
SKEW_S: Final = 20.0


class FakeVenue:
    """Trades are numbered from 0 and take turns among the instruments, one every `period` seconds."""

    def __init__(self, terms: VenueTerms, random: Random, schedule: Schedule) -> None:
        self.terms = terms
        self.code = terms.code
        self.instruments = tuple(sorted(terms.instruments))
        self.is_speaking = self._is_honest = True
        self._muted: list[str] = []
        self._sparse_until = float("-inf")
        self.sound_since = self.doubtful_until = float("-inf")
        self._doubtful_since = 0.0
        self._refused_until: dict[str, float] = {}
        self._troubles: Counter[str] = Counter()
        self._schedule = schedule
        self._period = random.uniform(0.35, 0.37)
        self._first, self._first_at = 0, -random.uniform(0.0, 1.0)

    def begin(self, trouble: str) -> None:
        """The same trouble may come twice at a time; it is over when both are."""
        if not self.has(*DOUBTFUL):
            self._doubtful_since = self._schedule.now
        self._troubles[trouble] += 1
        self._note()

    def end(self, trouble: str) -> None:
        self._troubles[trouble] -= 1
        self._note()
        if trouble in DOUBTFUL:
            self.doubtful_until = self._schedule.now
        self._refused_until[trouble.removeprefix("refuses ")] = self._schedule.now + REFUSED_FOR_S

    def has(self, *troubles: str) -> bool:
        return any(self._troubles[trouble] for trouble in troubles)

    def is_sound(self) -> bool:
        return not any(self._troubles.values())

    def is_trusted(self, instrument: str) -> bool:
        """Whether nothing that it said lately is held against it."""
        now = self._schedule.now
        is_refused = now < self._refused_until.get(instrument, 0.0)
        return now > self.doubtful_until + DISTRUSTED_FOR_S and not is_refused

    def is_sparse(self) -> bool:
        """Whether what it says is good more rarely than it could be, or was: it has a slower rhythm then (V-17)."""
        return bool(self._muted) or not self._is_honest or self._schedule.now < self._sparse_until

    def doubtful_for(self) -> float:
        """Seconds for which it has sent much that may not be believed, or times that cannot be."""
        return self._schedule.now - self._doubtful_since if self.has("half lying", "skewed") else 0.0

    def was_doubtful(self) -> bool:
        """Now, or a moment ago."""
        return self.has(*DOUBTFUL) or self._schedule.now < self.doubtful_until + 60.0

    def touch(self) -> None:
        """Who counts how long it has been well starts anew."""
        self.sound_since = self._schedule.now

    def refuses(self, instrument: str) -> bool:
        return self.has(f"refuses {instrument}")

    def doubts(self, number: int) -> bool:
        """Whether this trade is one that may not be believed."""
        return not self._is_honest and (self.has("lying") or number % 3 == 0)

    def says(self, instrument: str) -> bool:
        """Whether an open session hears of it now."""
        return self.is_speaking and not (self._muted and instrument in self._muted)

    def skew(self) -> float:
        return -SKEW_S if self.has("skewed") else 0.0

    def slow_down(self, factor: float) -> None:
        """The market gets quieter by this factor; the numbers go on."""
        self._first = self.next_number()
        self._first_at = max(self._schedule.now, self.traded_at(self._first - 1))
        self._period *= factor
        self.touch()

    def next_number(self) -> int:
        """Of the first trade that is still to come."""
        return self._first + max(0, int((self._schedule.now - self._first_at) / self._period) + 1)

    def traded_at(self, number: int) -> float:
        return self._first_at + (number - self._first) * self._period

    def instrument(self, number: int) -> str:
        return self.instruments[number % len(self.instruments)]

    def trade_id(self, number: int) -> int:
        """Ids of one instrument have no holes."""
        return number // len(self.instruments)

    def _note(self) -> None:
        if self.is_sparse():
            self._sparse_until = self._schedule.now + SPARSE_FOR_S
        self.is_speaking = not self.has(*SILENCING)
        self._is_honest = not self.has("lying", "half lying")
        self._muted = [each for each in self.instruments if self.has(f"mute {each}")]
        self.touch()
