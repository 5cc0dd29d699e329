"""Sees from a thread of its own that a loop is blocked, and says where it hangs."""

import logging
import sys
import traceback
from collections.abc import Callable
from typing import Final

from feeds.clock import Clock
from feeds.heartbeat import Heartbeats, Stamp

logger = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 0.5
BLOCKED_AFTER_S: Final = 3.0
HOPELESS_AFTER_S: Final = 60.0
# Between two looks. Whoever could not even look was stopped together with every loop.
STOOD_STILL_AFTER_S: Final = 2.0


class Watchdog:
    """Call `look` every half second. `end` ends the process at once, which others then start again.

    `blocked` counts how often a loop was found blocked.
    """

    def __init__(self, heartbeats: Heartbeats, clock: Clock, end: Callable[[], None]) -> None:
        self._heartbeats = heartbeats
        self._clock = clock
        self._end = end
        self.blocked = 0
        self._blocked_since: dict[str, float] = {}
        self._looked_at = self._excused_at = clock.monotonic()

    def look(self) -> None:
        """Says once that a loop is blocked, and once that it goes on."""
        now = self._clock.monotonic()
        if now - self._looked_at > STOOD_STILL_AFTER_S:
            logger.warning("the whole process stood still for %.1f s", now - self._looked_at)
            self._excused_at = now
        self._looked_at = now
        stamps = self._heartbeats.stamps()
        for loop in self._blocked_since.keys() - stamps.keys():
            del self._blocked_since[loop]
        for loop, stamp in stamps.items():
            self._judge(loop, stamp, now)

    def _judge(self, loop: str, stamp: Stamp, now: float) -> None:
        silent_s = now - max(stamp.at, self._excused_at)
        if silent_s <= BLOCKED_AFTER_S:
            if (since := self._blocked_since.pop(loop, None)) is not None:
                logger.warning("%s goes on, it was blocked for %.1f s", loop, stamp.at - since)
            return
        if loop not in self._blocked_since:
            self.blocked += 1
            self._blocked_since[loop] = stamp.at
            logger.error("%s is blocked for %.1f s, in:\n%s", loop, silent_s, _stack(stamp.thread))
        if silent_s > HOPELESS_AFTER_S:
            logger.critical("%s is blocked for %.0f s: the process ends", loop, silent_s)
            self._end()


def _stack(thread: int) -> str:
    """Where a thread is: files, lines and code, never a value."""
    frame = sys._current_frames().get(thread)
    return "".join(traceback.format_stack(frame)) if frame else "a thread that has ended"
