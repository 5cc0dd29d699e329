"""Is it ready? What the supervisor asks a child that it has just started."""

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

ANSWER_WITHIN: Final = 2.0
# Asked with the lines that the child has printed so far.
Probe = Callable[[Sequence[str]], Awaitable[bool]]


def prints(text: str) -> Probe:
    """Ready once a line of its output holds the text."""

    async def has_printed(lines: Sequence[str]) -> bool:
        return any(text in line for line in lines)

    return has_printed


async def at_once(_: Sequence[str]) -> bool:
    """Ready by being started."""
    return True


def answers(host: str, port: int, question: str, answer: str) -> Probe:
    """Ready once a question sent over TCP is answered by exactly these bytes at the start."""

    async def is_answering(_: Sequence[str]) -> bool:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await _ask(host, port, question.encode(), len(answer)) == answer.encode()
        except (OSError, asyncio.IncompleteReadError):
            return False

    return is_answering


def answers_http(host: str, port: int, path: str, site: str) -> Probe:
    """Ready once GET answers 200, asked under the site's own name and as if through its TLS proxy."""
    question = f"GET {path} HTTP/1.1\r\nHost: {site}\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n"
    return answers(host, port, question, "HTTP/1.1 200")


async def _ask(host: str, port: int, question: bytes, length: int) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(question)
        return await reader.readexactly(length)
    finally:
        writer.close()


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now. Raises OSError when this machine has no such address."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def free_port() -> int:
    """A loopback port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
