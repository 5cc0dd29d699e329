"""The thread that watches over a worker process.

It sees blocked loops, too much memory, sessions that nobody would start any more, an end that takes too long.
"""

import logging
import threading
from collections.abc import Callable
from typing import Final

from django.conf import settings

from feeds.clock import SystemClock
from feeds.heartbeat import heartbeats
from feeds.worker.farewell import end_now, hand_over
from feeds.worker.memory import Ceiling
from feeds.worker.watchdog import LOOK_EVERY_S, Watchdog

logger = logging.getLogger(__name__)

# After the signal to stop. Whatever hangs by then hangs in a call that nobody can end.
END_WITHIN_S: Final = 4.5


def begin(stopping: threading.Event, is_kept: Callable[[], bool]) -> None:
    """`is_kept`: whether somebody starts sessions that end. It must not keep a process that has ended otherwise."""
    threading.Thread(target=_guard, args=[stopping, is_kept], name="guard", daemon=True).start()


def _guard(stopping: threading.Event, is_kept: Callable[[], bool]) -> None:
    watchdog = Watchdog(heartbeats, SystemClock(), end_now)
    ceiling = Ceiling(settings.WORKER_MEMORY_MAX_MB, hand_over)
    while not stopping.wait(LOOK_EVERY_S):
        watchdog.look()
        ceiling.look()
        # In this order: at a stop nobody does.
        if not is_kept() and not stopping.is_set():
            logger.critical("nobody starts sessions any more: the process ends")
            end_now()
    threading.Event().wait(END_WITHIN_S)
    end_now()
