"""Processes under load: on which processor they run, and what they take."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.waiting import waited_s

_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_TICKS: Final = os.sysconf("SC_CLK_TCK")
KIB: Final = 1024


def cores() -> tuple[set[int], set[int]]:
    """One for the server, and one for everything else. With one processor alone they share it."""
    allowed = sorted(os.sched_getaffinity(0))
    return {allowed[0]}, {allowed[-1]}


@dataclass(frozen=True)
class Usage:
    """Of a process, from a moment on."""

    pid: int
    began: float
    used_s: float
    waited_s: float
    resident: int

    @property
    def busy(self) -> float:
        """The share of a processor that it took since then."""
        return (_used_s(self.pid) - self.used_s) / (time.monotonic() - self.began)

    @property
    def waited(self) -> float:
        """The share of the time since then in which it wanted a processor and had none."""
        return (waited_s(self.pid) - self.waited_s) / (time.monotonic() - self.began)

    @property
    def grown_kib(self) -> float:
        return (resident(self.pid) - self.resident) / KIB


def usage(pid: int) -> Usage:
    return Usage(pid, time.monotonic(), _used_s(pid), waited_s(pid), resident(pid))


def resident(pid: int) -> int:
    """Its bytes in memory now. https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html"""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE


def _used_s(pid: int) -> float:
    """Seconds of a processor. The name in parentheses may hold spaces.

    https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    """
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
