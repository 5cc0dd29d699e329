"""What time it is for leases: that of the database's server, which all workers share.

SQLite has only the wall clock of this machine, and setting it by an hour would free every lease, or freeze it. There
the seconds since the machine's start count, and the name of that start goes with them.
"""

import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

from django.db import connection
from django.db.models import DateTimeField, Value
from django.db.models.functions import Now

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)


def boot() -> str:
    """The start of the machine since which is counted; "" where the database's clock counts."""
    return _boot_id() if connection.vendor == "sqlite" else ""


def now() -> Value | Now:
    """An expression. By the wall clock on a system that does not name its starts."""
    if not boot():
        return Now()
    moment = datetime.fromtimestamp(_START.timestamp() + time.monotonic(), UTC)
    return Value(moment, output_field=DateTimeField())


@cache
def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return ""
