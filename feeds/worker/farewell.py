"""How a worker process ends before its time: politely, or at once. Whoever supervises it starts another one."""

import logging
import os
import signal
import threading

logger = logging.getLogger(__name__)

# Taken once, and never given back.
_first = threading.Lock()
_reasons: list[str] = []


def hand_over(reason: str) -> None:
    """Asks this process to end, as SIGTERM does: sessions flush and give their leases back. Only the first counts."""
    if _first.acquire(blocking=False):
        _reasons.append(reason)
        logger.error("this worker hands over: %s", reason)
        os.kill(os.getpid(), signal.SIGTERM)


def why() -> str:
    """Why this process hands over; "" where nothing in it wants to."""
    return "".join(_reasons)


def end_now() -> None:
    """As bad as kill -9: leases run out, and what was logged is not lost."""
    os._exit(1)
