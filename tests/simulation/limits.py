"""What the venues allow all workers together, as `storage/allowance.py` counts it in Redis."""

from collections.abc import Mapping
from typing import Final

from feeds.errors import SessionEnded
from feeds.pace import Pace, Rate
from tests.simulation.schedule import Schedule

MAX_BAN_S: Final = 7200.0


class Limits:
    """Connections of each venue, and until when it wants to be left alone."""

    def __init__(self, rates: Mapping[str, Rate], schedule: Schedule) -> None:
        self._schedule = schedule
        self._paces = {venue: Pace(rate) for venue, rate in rates.items()}
        self._free_at = dict.fromkeys(rates, 0.0)
        self._banned = dict.fromkeys(rates, False)
        self._bans = dict.fromkeys(rates, 0)

    def ask(self, venue: str) -> float:
        """0 when a connection may be tried now, and then it is counted; else the seconds to wait."""
        wait = self.wait(venue)
        if wait == 0.0:
            self._paces[venue].note(self._schedule.now)
        return wait

    def wait(self, venue: str) -> float:
        now = self._schedule.now
        return max(0.0, self._free_at[venue] - now, self._paces[venue].wait(now))

    def free_since(self, venue: str) -> float:
        """When it stopped to want to be left alone, or will."""
        return self._free_at[venue]

    def is_banned(self, venue: str) -> bool:
        return self._banned[venue] and self._free_at[venue] > self._schedule.now

    def cool_off(self, venue: str, error: SessionEnded) -> float:
        """Bans that follow each other double."""
        seconds = error.cool_off
        if seconds <= 0:
            return 0.0
        if error.is_ban:
            seconds = min(MAX_BAN_S, seconds * 2 ** self._bans[venue])
            self._bans[venue] += 1
        self._free_at[venue] = max(self._free_at[venue], self._schedule.now + seconds)
        self._banned[venue] = error.is_ban
        return seconds

    def forgive(self, venue: str) -> None:
        self._bans[venue] = 0
