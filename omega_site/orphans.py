"""No orphans: children end with their parent, and the next start ends what is left of an earlier one."""

import asyncio
import ctypes
import json
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_KILL_AFTER: Final = 4.0
# Loaded here, because almost nothing is safe to do between fork and exec.
_LIBC: Final = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent(parent: int) -> None:
    """Runs in a new child before it becomes its program: Linux sends it SIGTERM when the parent dies.

    The kernel watches the thread that forked, so children are started from the main thread only.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)


def started_at(pid: int) -> int | None:
    """When it started, in the kernel's ticks: that tells a recycled pid apart. None: it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    state, *fields = stat.rpartition(")")[2].split()
    return None if state == "Z" else int(fields[18])


class Roster:
    """The running children, in a file that outlives a killed parent."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._children: dict[int, int] = {}

    def add(self, pid: int) -> None:
        if ticks := started_at(pid):
            self._children[pid] = ticks
            self._write()

    def remove(self, pid: int) -> None:
        if self._children.pop(pid, None):
            self._write()

    async def end_leftovers(self) -> None:
        """Ends what an earlier start left running: politely, then not."""
        left = [pid for pid, ticks in self._read().items() if started_at(pid) == ticks]
        for pid in left:
            signal_group(pid, signal.SIGTERM)
        deadline = time.monotonic() + _KILL_AFTER
        while time.monotonic() < deadline and any(map(started_at, left)):  # noqa: ASYNC110  # nobody tells us: they are not our children
            await asyncio.sleep(0.05)
        for pid in filter(started_at, left):
            signal_group(pid, signal.SIGKILL)

    def _read(self) -> dict[int, int]:
        try:
            return {int(pid): int(ticks) for pid, ticks in json.loads(self._path.read_text()).items()}
        except (OSError, ValueError):  # no file yet, or one cut short by a full disk
            return {}

    def _write(self) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(self._children))
        fresh.replace(self._path)


def signal_group(pid: int, signal_number: signal.Signals) -> None:
    """To a child and to whatever it started itself: each child leads its own process group."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal_number)
