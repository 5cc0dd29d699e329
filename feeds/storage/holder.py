"""Who holds a lease: a thread of a process of a host. On that host it is known when the process is gone.

Others have to wait until the lease runs out; a worker on the same host may take over at once.
"""

import os
import socket
import threading
from functools import cache
from pathlib import Path
from typing import Final

# Hosts may share a name, as clones do, and containers too: then a number means another process in each.
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE: Final = Path("/proc/self/ns/pid")
# A lease has 80 characters for all of it.
_MAX_HOST: Final = 24
_BOOT_ID_SHOWN: Final = 8


def this_thread() -> str:
    """The name under which this thread holds something."""
    return f"{_host()}:{os.getpid()}:{threading.get_ident()}"


def is_gone(holder: str) -> bool:
    """Whether it certainly is no more. One that is elsewhere, or stands still, may come back."""
    host, _, rest = holder.partition(":")
    number = rest.partition(":")[0]
    return bool(_life()) and host == _host() and number.isdecimal() and not _runs(int(number))


def _host() -> str:
    return f"{socket.gethostname()[:_MAX_HOST]}/{_life()}"


@cache
def _life() -> str:
    """What tells this start of this machine, and this space of process numbers, from all others; "" if nothing does."""
    try:
        namespace = _NAMESPACE.readlink().name.strip("pid:[]")
        return f"{_BOOT_ID.read_text()[:_BOOT_ID_SHOWN]}/{namespace}"
    except OSError:
        return ""


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
