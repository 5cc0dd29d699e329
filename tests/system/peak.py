"""The most memory that another process held. https://man7.org/linux/man-pages/man5/proc_pid_status.5.html"""

from pathlib import Path
from typing import Final

_KIB: Final = 1024


def begin(pid: int) -> int:
    """Forgets the peak until now; the bytes that it holds."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return so_far(pid)


def so_far(pid: int) -> int:
    """The most bytes at once since then."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * _KIB
    raise ProcessLookupError(pid)
