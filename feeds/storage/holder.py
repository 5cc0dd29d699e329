"""Who holds a lease: a thread of a process of a host. On that host it is known when the process is gone.

Others have to wait until the lease runs out; a worker on the same host may take over at once.
"""

import os
import socket
import threading
from pathlib import Path
from typing import Final

# Containers may share a host's name, and then a number means another process in each.
_NAMESPACE: Final = Path("/proc/self/ns/pid")
_MAX_HOST: Final = 30


def this_thread() -> str:
    """The name under which this thread holds something."""
    return f"{_host()}:{os.getpid()}:{threading.get_ident()}"


def is_gone(holder: str) -> bool:
    """Whether it certainly is no more. One that is elsewhere, or stands still, may come back."""
    host, _, rest = holder.partition(":")
    number = rest.partition(":")[0]
    return host == _host() and number.isdecimal() and not _runs(int(number))


def _host() -> str:
    try:
        namespace = _NAMESPACE.readlink().name.strip("pid:[]")
    except OSError:
        namespace = ""
    return f"{socket.gethostname()[:_MAX_HOST]}/{namespace}"


def _runs(number: int) -> bool:
    """A process that has ended and was not asked how yet runs no more."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return True
