"""The loops of this process and when each was last seen at work. A loop stamps; the watchdog looks."""

import threading
from dataclasses import dataclass

from feeds.clock import Clock, SystemClock


@dataclass(frozen=True)
class Stamp:
    """Of a loop: in which thread it runs, and when it last had a turn, by the monotonic clock."""

    thread: int
    at: float


class Heartbeats:
    """Stamped from many threads, looked at from one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._stamps: dict[str, Stamp] = {}

    def beat(self, loop: str) -> None:
        """Called by the loop itself, from its own thread, several times a second."""
        self._stamps[loop] = Stamp(threading.get_ident(), self._clock.monotonic())

    def forget(self, loop: str) -> None:
        """The loop has ended, and is not to be waited for."""
        self._stamps.pop(loop, None)

    def stamps(self) -> dict[str, Stamp]:
        """The last stamp of every loop."""
        return self._stamps.copy()


# Of this process.
heartbeats = Heartbeats(SystemClock())
