"""The web program with one thing more: it counts its queries of the database, in a file that others read."""

import mmap
import os
import runpy
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

_BYTES = 8


class Counter:
    """A number in a file, which survives however the process ends."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(bytes(_BYTES))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _BYTES)
        self._lock = threading.Lock()

    def begin(self, connection: BaseDatabaseWrapper, **_: Any) -> None:
        """Counts what this connection is asked from now on."""
        if self.count not in connection.execute_wrappers:
            connection.execute_wrappers.append(self.count)

    def count(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        with self._lock:
            self._map[:] = (int.from_bytes(self._map[:], "little") + 1).to_bytes(_BYTES, "little")
        return execute(*arguments)


def counted(path: Path) -> int:
    return int.from_bytes(path.read_bytes(), "little")


def main(path: Path) -> None:
    # Before the settings are read.
    os.environ["OMEGA_ROLE"] = "web"
    django.setup()
    # It reads the settings.
    from omega_site import programs

    connection_created.connect(Counter(path).begin, weak=False)
    _, _, module, *options = map(str, programs.web().arguments)
    sys.argv = [module, *options]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
