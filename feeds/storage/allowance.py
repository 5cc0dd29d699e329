"""What a venue still allows us: connections and calls within its limits, and nothing while it wants to be left alone.

Both are kept in Redis, so that they hold for all workers together and outlive each of them: a venue counts by our
address, not by our process. While Redis is away a worker goes by what it did and was told itself.
"""

import logging
from collections import defaultdict
from contextlib import suppress
from typing import Final

from feeds.clock import Clock
from feeds.errors import SessionEnded, printable
from feeds.pace import Pace, Rate
from feeds.storage.live import LiveStore
from feeds.storage.redis import RedisDown

logger = logging.getLogger(__name__)

MAX_COOL_OFF_S: Final = 24 * 3600.0
# A ban that is repeated doubles, up to this.
MAX_BAN_S: Final = 2 * 3600.0
BAN: Final = "ban: "
CONNECT: Final = "connect"
REST: Final = "rest"
# Counted beside `rest`, because it is only a part of that.
BACKFILL: Final = "backfill"
# Leave that takes longer to get is not waited for: the venue wants to be left alone.
PATIENCE_S: Final = 60.0


class LeftAlone(SessionEnded):
    """Nothing was asked: the venue has to be left alone for `wait_at_least` seconds."""

    reason = "cool_off"
    is_limit = True

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the venue is to be left alone for another {seconds:.0f} s")
        self.wait_at_least = seconds


class Allowance:
    """Ask before each connection and each call; tell what a venue answered that was more than a no."""

    def __init__(self, store: LiveStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._paces: dict[tuple[str, str, Rate], Pace] = {}
        self._free_at: dict[str, float] = defaultdict(float)
        self._is_down = False

    async def ask(self, venue: str, what: str, rate: Rate, cost: int = 1) -> float:
        """0 when it may be done now, and then it is counted; else the seconds to wait before asking again."""
        here = self._wait_here(venue, what, rate, cost)
        if here > 0:
            return here
        wait = await self._wait_everywhere(venue, what, rate, cost)
        if wait == 0.0:
            self._note_here(venue, what, cost)
        return wait

    async def wait(self, venue: str, what: str, rate: Rate, cost: int = 1) -> None:
        """Returns when it may be done, and then it is counted. LeftAlone where that would take too long."""
        while (seconds := await self.ask(venue, what, rate, cost)) > 0:
            if seconds > PATIENCE_S:
                raise LeftAlone(seconds)
            await self._clock.sleep(seconds)

    async def cool_off(self, venue: str, error: SessionEnded) -> float:
        """Everybody leaves the venue alone, at least for as long as the error says; the seconds, 0 without a wish."""
        if error.cool_off <= 0:
            return 0.0
        seconds = min(MAX_COOL_OFF_S, error.cool_off)
        try:
            if error.is_ban:
                bans = await self._store.count_ban(venue, MAX_COOL_OFF_S)
                seconds = max(seconds, min(MAX_BAN_S, seconds * 2 ** min(bans - 1, 10)))
            reason = f"{BAN if error.is_ban else ''}{printable(str(error))}"
            seconds = await self._store.cool_off(venue, seconds, reason)
        except RedisDown as down:
            logger.warning("no other worker hears that %s wants to be left alone for %g s: %s", venue, seconds, down)
        self._free_at[venue] = max(self._free_at[venue], self._clock.monotonic() + seconds)
        return seconds

    async def wish(self, venue: str) -> str:
        """What the venue said when it wanted to be left alone, after BAN where it was one; "" without a wish."""
        with suppress(RedisDown):
            return await self._store.read_cool_off(venue)
        return ""

    async def forgive(self, venue: str) -> None:
        """The venue delivers: its next ban is a first one again."""
        # Where it fails, the count ends by itself after a day.
        with suppress(RedisDown):
            await self._store.forgive(venue)

    def _wait_here(self, venue: str, what: str, rate: Rate, cost: int) -> float:
        now = self._clock.monotonic()
        pace = self._paces.setdefault((venue, what, rate), Pace(rate))
        return max(0.0, self._free_at[venue] - now, pace.wait(now, cost))

    def _note_here(self, venue: str, what: str, cost: int) -> None:
        """Under every rate that this was ever asked for: an admin may change it."""
        for (other, kind, _), pace in self._paces.items():
            if (other, kind) == (venue, what):
                for _ in range(cost):
                    pace.note(self._clock.monotonic())

    async def _wait_everywhere(self, venue: str, what: str, rate: Rate, cost: int) -> float:
        try:
            wait = await self._store.spend(venue, what, rate, cost)
        except RedisDown as down:
            if not self._is_down:
                logger.warning("limits are kept by this worker alone: %s", down)
            self._is_down = True
            return 0.0
        self._is_down = False
        return wait
