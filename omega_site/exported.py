"""Secrets that were exported to a program: it hands them on through pipes, and its environment is rid of them.

What a program was started with stays in /proc/PID/environ for as long as it runs, whatever it deletes later.
"""

import os
import sys
from collections.abc import Sequence


def move_into_pipes(names: Sequence[str]) -> None:
    """This program starts itself anew, where any of them is set: empty, and with the value behind NAME_FILE.

    A child that inherits the pipes may read each of them once.
    """
    given = {name: value for name in names if (value := os.environ.get(name))}
    if not given:
        return
    # Empty, not absent: what is absent is taken from .env.
    pipes = {f"{name}_FILE": _piped(value) for name, value in given.items()}
    environment = {**os.environ, **dict.fromkeys(given, ""), **pipes}
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)  # noqa: S606  # no shell is wanted


def _piped(value: str) -> str:
    reader, writer = os.pipe()
    os.write(writer, value.encode())
    os.close(writer)
    os.set_inheritable(reader, True)
    return f"/dev/fd/{reader}"
