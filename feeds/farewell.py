"""How a worker process ends before its time: politely, or at once. Whoever supervises it starts another one."""

import logging
import os
import signal
import threading

logger = logging.getLogger(__name__)

_is_asked = threading.Event()


def hand_over(reason: str) -> None:
    """Asks this process to end, as SIGTERM does: sessions flush and give their leases back. Only the first counts."""
    if not _is_asked.is_set():
        _is_asked.set()
        logger.error("this worker hands over: %s", reason)
        os.kill(os.getpid(), signal.SIGTERM)


def end_now() -> None:
    """As bad as kill -9: leases run out, and what was logged is not lost."""
    os._exit(1)
