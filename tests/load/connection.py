"""What the kernel says of connections: whether the server still holds its end, whatever the client reads.

https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

_TABLE: Final = Path("/proc/net/tcp")
_ESTABLISHED: Final = "01"


def held_by_server(port: int) -> set[tuple[str, int]]:
    """The clients, by address and port, whose connection to this local port the server has not ended."""
    return {remote for local, remote, state in _rows() if local[1] == port and state == _ESTABLISHED}


def _rows() -> Iterator[tuple[tuple[str, int], tuple[str, int], str]]:
    for line in _TABLE.read_text().splitlines()[1:]:
        _, local, remote, state, *_ = line.split()
        yield _address(local), _address(remote), state


def _address(text: str) -> tuple[str, int]:
    """Of hexadecimal, whose bytes are in this machine's order: the little end first on all that we run on."""
    host, port = text.split(":")
    return ".".join(map(str, reversed(bytes.fromhex(host)))), int(port, 16)
