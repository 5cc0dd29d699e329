"""The thread that watches over a worker process: blocked loops, too much memory, an end that takes too long."""

import threading
from typing import Final

from django.conf import settings

from feeds.clock import SystemClock
from feeds.farewell import end_now, hand_over
from feeds.heartbeat import heartbeats
from feeds.memory import Ceiling
from feeds.watchdog import LOOK_EVERY_S, Watchdog

# After the signal to stop. Whatever hangs by then hangs in a call that nobody can end.
END_WITHIN_S: Final = 4.5


def begin(stopping: threading.Event) -> None:
    """It must not keep a process that has ended otherwise."""
    threading.Thread(target=_guard, args=[stopping], name="guard", daemon=True).start()


def _guard(stopping: threading.Event) -> None:
    watchdog = Watchdog(heartbeats, SystemClock(), end_now)
    ceiling = Ceiling(settings.WORKER_MEMORY_MAX_MB, hand_over)
    while not stopping.wait(LOOK_EVERY_S):
        watchdog.look()
        ceiling.look()
    threading.Event().wait(END_WITHIN_S)
    end_now()
