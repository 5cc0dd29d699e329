"""The servers of the web port and of the broadcast ports, each with the echo application: real processes."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from omega_site import programs
from omega_site.probes import free_port, is_free
from tests.conformance.corpus import LIMIT
from tests.waiting import wait_in_thread_until

ROOT: Final = Path(__file__).resolve().parents[2]
READY_WITHIN_S: Final = 20.0
Command = Sequence[str | os.PathLike[str]]


def _web(port: int, most: int) -> Command:
    """As the site starts it, with another port, limit and application: what is said last counts."""
    *own, _ = programs.web().arguments
    limits = ["--websocket-max-message-size", str(most), "--websocket-max-frame-size", str(most)]
    # All cases come from one address, one after the other.
    return [
        "env",
        "HANDSHAKES_PER_SECOND=10000",
        *own,
        "-b",
        "127.0.0.1",
        "-p",
        str(port),
        *limits,
        "tests.conformance.echo:application",
    ]


def _broadcast(port: int, most: int, compression: bool = False) -> Command:
    variables = [f"WEBSOCKET_PORT={port}", f"WEBSOCKET_COMPRESSION={int(compression)}"]
    fixed = ["WEBSOCKET_HOST=127.0.0.1", "WEBSOCKET_SSL_PORT=0"]
    return ["env", *fixed, *variables, sys.executable, "-m", "tests.conformance.broadcast", str(most)]


def _compressed(port: int, most: int) -> Command:
    return _broadcast(port, most, compression=True)


COMMANDS: Final[Mapping[str, Callable[[int, int], Command]]] = {
    "web": _web,
    "broadcast": _broadcast,
    "compressed": _compressed,
}


@contextmanager
def serving(log: Path, most: int = LIMIT) -> Iterator[dict[str, int]]:
    """All of them at once: name and port. What they say goes to the file. AssertionError where one does not start."""
    ports = {name: free_port() for name in COMMANDS}
    with ExitStack() as stack:
        output = stack.enter_context(log.open("ab"))
        for name, port in ports.items():
            command = COMMANDS[name](port, most)
            process = stack.enter_context(subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output))
            stack.callback(process.kill)
        wait_in_thread_until(
            lambda: not any(is_free("127.0.0.1", port) for port in ports.values()), READY_WITHIN_S, "all servers listen"
        )
        yield ports
