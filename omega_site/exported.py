"""Secrets that were exported to a program: its environment is rid of them, and who needs them gets pipes.

What a program was started with stays in /proc/PID/environ for as long as it runs, whatever it deletes later.
"""

import os
import sys
from collections.abc import Sequence


def move_out(names: Sequence[str], *, has_reader: bool) -> None:
    """It starts itself anew, where any of them is set: empty, and with the value behind NAME_FILE for a reader.

    A child that inherits the pipes may read each of them once.
    """
    given = {name: value for name in names if (value := os.environ.get(name))}
    if not given:
        return
    # Empty, not absent: what is absent is taken from .env.
    pipes = {f"{name}_FILE": _piped(value) for name, value in given.items()} if has_reader else {}
    environment = {**os.environ, **dict.fromkeys(given, ""), **pipes}
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)  # noqa: S606  # no shell is wanted


def _piped(value: str) -> str:
    reader, writer = os.pipe()
    os.write(writer, value.encode())
    os.close(writer)
    os.set_inheritable(reader, True)
    return f"/dev/fd/{reader}"
