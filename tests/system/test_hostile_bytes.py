"""Hostile bytes for the real programs, web and broadcast: requests that are none, and messages that are too large."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice, product

import pytest
from django.conf import settings
from django.db import connection

from omega_site.probes import free_port, is_free
from tests.conformance.wire import (
    CLOSE,
    CONTINUATION,
    LAST,
    TEXT,
    WHOLE_TEXT,
    Line,
    handshake,
    line_to,
    masked_head,
    said,
)
from tests.faults.wire import frame as unmasked
from tests.load.people import make
from tests.system import peak
from tests.system.stack import Stack, running_stack
from tests.waiting import wait_in_thread_until

pytestmark = pytest.mark.system
KIB, MIB = 1024, 1024 * 1024
PROGRAMS = ("web", "broadcast")
ANSWER_WITHIN_S = 5.0
REFUSED_WITHIN_S = 1.0
MORE_MEMORY = 2 * MIB
NO_MASK = bytes(4)


@dataclass
class Site:
    """Both programs."""

    stack: Stack
    seen: int = 0

    def port(self, program: str) -> int:
        return int(self.stack.environment["OMEGA_PORT" if program == "web" else "WEBSOCKET_PORT"])

    def pid(self, program: str) -> int:
        return self.stack.processes[program].pid

    def is_ready(self) -> bool:
        return self.stack.is_web_up() and not is_free("127.0.0.1", self.port("broadcast"))

    def complaints(self) -> list[str]:
        """What came into the logs since the last call, and must not be there."""
        told = [line for program in PROGRAMS for line in self.stack.log(program).splitlines()]
        new, self.seen = told[self.seen :], len(told)
        return [line for line in new if "Traceback" in line or "rror" in line]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Site]:
    """Both programs on the database of the tests, which is there already."""
    for stack in running_stack(tmp_path_factory.mktemp("hostile")):
        stack.environment |= {
            **{"DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}", "SECRET_KEY": settings.SECRET_KEY},
            **{"WEBSOCKET_HOST": "127.0.0.1", "WEBSOCKET_PORT": str(free_port()), "WEBSOCKET_SSL_PORT": "0"},
            "HANDSHAKES_PER_SECOND": "1000",
        }
        stack.start_redis()
        for program in PROGRAMS:
            stack.start(program, sys.executable, "-m", "omega_site.programs", program)
        site = Site(stack)
        wait_in_thread_until(site.is_ready, 20, "both programs answer")
        yield site


@pytest.fixture
def logins(site: Site, transactional_db: None) -> dict[str, tuple[str, ...]]:
    """Header lines of somebody who may come in, by path."""
    (person,) = make(1)
    return {
        "/ws/dashboard/": (
            f"Origin: http://127.0.0.1:{site.port('web')}",
            f"Cookie: omega_session={person['session']}",
        ),
        "/ws/v2/": (f"Authorization: Bearer {person['token']}",),
    }


# --- requests -------------------------------------------------------------------------------------------------


def changed(before: str, after: str) -> bytes:
    """The good request with one thing changed."""
    good = handshake(8000, "/ws/v2/")
    assert before.encode() in good
    return good.replace(before.encode(), after.encode("latin-1"), 1)


def with_lines(*lines: str) -> bytes:
    return handshake(8000, "/ws/v2/", *lines)


REQUESTS = {
    "HTTP/1.0": changed("HTTP/1.1", "HTTP/1.0"),
    "HTTP/0.9": b"GET /ws/v2/\r\n\r\n",
    "no Upgrade": changed("Upgrade: websocket\r\n", ""),
    "another Upgrade": changed("Upgrade: websocket", "Upgrade: h2c"),
    "no Connection": changed("Connection: Upgrade\r\n", ""),
    "no Host": changed("Host: 127.0.0.1:8000\r\n", ""),
    "two hosts": with_lines("Host: evil.example"),
    "no key": changed("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""),
    "two keys": with_lines("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
    "a short key": changed("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ="),
    "no version": changed("Sec-WebSocket-Version: 13\r\n", ""),
    "a version in words": changed("Version: 13", "Version: thirteen"),
    "a long version": changed("Version: 13", f"Version: {'9' * 5000}"),
    "POST": changed("GET", "POST"),
    "POST with a body": changed("GET", "POST").replace(b"\r\n\r\n", b"\r\nContent-Length: 5\r\n\r\nhello"),
    "an unknown method": changed("GET", "BREW"),
    "no path": changed("GET /ws/v2/", "GET "),
    "a path in Latin-1": changed("/ws/v2/", "/ws/\xe9/"),
    "a fragment in the path": changed("/ws/v2/", "/ws/v2/#part"),
    "a line without colon": with_lines("nonsense"),
    "a zero in a header": with_lines("X-Zero: a\0b"),
    "a name in Latin-1": with_lines("X-\xe9: a"),
    "subprotocols in Latin-1": with_lines("Sec-WebSocket-Protocol: \xe9"),
    "a root path of a stranger's": changed("/ws/v2/", "/nothing/").replace(
        b"\r\n\r\n", b"\r\nDaphne-Root-Path: \xe9\r\n\r\n"
    ),
    "a root path of a page's": b"GET /nothing/ HTTP/1.1\r\nHost: 127.0.0.1\r\nDaphne-Root-Path: \xe9\r\n\r\n",
    "empty subprotocols": with_lines("Sec-WebSocket-Protocol: ,,,"),
    "a header of 64 KiB": with_lines(f"X-Long: {'a' * 64 * KIB}"),
    "a header of 1 MiB": with_lines(f"X-Long: {'a' * MIB}"),
    "5000 headers": with_lines(*(f"X-{number}: a" for number in range(5000))),
    "a request line of 64 KiB": changed("/ws/v2/", f"/ws/v2/?{'a' * 64 * KIB}"),
    "a negative length": changed("Version: 13", "Version: 13\r\nContent-Length: -1"),
    "two lengths": with_lines("Content-Length: 1", "Content-Length: 2"),
    "broken chunks": changed("GET", "POST").replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": bytes.fromhex("16030100c8010000c40303") + os.urandom(32) + b"\r\n\r\n" * 40,
    "garbage": b"\xff\x00\xfe" * 1000 + b"\r\n\r\n",
    "only line ends": b"\r\n" * 5000,
}


async def answer(port: int, request: bytes) -> bytes:
    """The line with the status; nothing where the server hung up."""
    async with asyncio.timeout(ANSWER_WITHIN_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(request)
            return await reader.readline()
        except ConnectionError:
            return b""
        finally:
            writer.transport.abort()


@pytest.mark.parametrize("program", PROGRAMS)
async def test_bad_requests_are_refused(site: Site, program: str) -> None:
    """C15: each is answered with 4xx, or cut where it is no HTTP or too long; never 500, and no traceback is logged."""
    answers = {name: await answer(site.port(program), request) for name, request in REQUESTS.items()}
    wrong = {name: line for name, line in answers.items() if line and line[:10] not in (b"HTTP/1.1 4", b"HTTP/1.0 4")}
    assert wrong == {}
    assert site.complaints() == []


@pytest.mark.parametrize(("program", "after"), [*product(PROGRAMS, (1, 40, 120))])
async def test_connection_cut_in_the_handshake(site: Site, program: str, after: int) -> None:
    """C15: a proxy or a peer that hangs up within the request, or before it is answered, leaves nothing in the log."""
    for request in (handshake(8000, "/ws/v2/")[:after], handshake(8000, "/ws/v2/")):
        _, writer = await asyncio.open_connection("127.0.0.1", site.port(program))
        writer.write(request)
        await writer.drain()
        writer.transport.abort()
    assert (await answer(site.port(program), b"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")).startswith(
        b"HTTP/1.1 200"
    )
    assert site.complaints() == []


@pytest.mark.parametrize("program", PROGRAMS)
async def test_broken_frames_are_not_logged(site: Site, program: str) -> None:
    """C6, C15: text that is no UTF-8, and a frame without a mask, end the connection and leave no traceback."""
    for frame, code in ((said(b"\xff"), 1007), (unmasked(b"hello"), 1002)):
        async with asyncio.timeout(ANSWER_WITHIN_S), line_to(site.port(program), "/ws/v2/") as line:
            assert (await refusal(line, [frame]))[0] == code
    assert site.complaints() == []


# --- large messages -------------------------------------------------------------------------------------------


def whole(size: int) -> Iterator[bytes]:
    yield masked_head(size, WHOLE_TEXT, NO_MASK)
    yield from _body(size)


def in_parts(size: int) -> Iterator[bytes]:
    """Of a kibibyte each, many at once."""
    parts = (_part(at, size) for at in range(0, size, KIB))
    while many := b"".join(islice(parts, 64)):
        yield many


def _part(at: int, size: int) -> bytes:
    first = (CONTINUATION if at else TEXT) | (LAST if at + KIB >= size else 0)
    return masked_head(KIB, first, NO_MASK) + b"a" * KIB


def _body(size: int) -> Iterator[bytes]:
    for at in range(0, size, 64 * KIB):
        yield b"a" * min(64 * KIB, size - at)


@asynccontextmanager
async def saying(line: Line, pieces: Iterable[bytes]) -> AsyncIterator[None]:
    """Says them meanwhile, as far as the server takes them."""

    async def say() -> None:
        for piece in pieces:
            if not await line.say(piece):
                return
            # Its own turn for who listens.
            await asyncio.sleep(0)

    task = asyncio.create_task(say())
    try:
        yield
    finally:
        task.cancel()


async def refusal(line: Line, pieces: Iterable[bytes]) -> tuple[int | None, float]:
    """The server's close code, and the seconds until it came. Returns once the server has hung up."""
    began, code, took = time.monotonic(), None, 0.0
    async with saying(line, pieces):
        while frame := await line.hear():
            if frame.first == CLOSE:
                code, took = frame.code, time.monotonic() - began
    return code, took


@pytest.mark.parametrize("pieces", [whole, in_parts])
@pytest.mark.parametrize(
    ("program", "path", "smallest"),
    [("web", "/ws/dashboard/", 5 * KIB), ("web", "/ws/v2/", 17 * KIB), ("broadcast", "/ws/v2/", 17 * KIB)],
)
async def test_large_messages_are_refused_at_once(
    site: Site,
    logins: dict[str, tuple[str, ...]],
    program: str,
    path: str,
    smallest: int,
    pieces: Callable[[int], Iterator[bytes]],
) -> None:
    """C5: of whatever size and in however many pieces, 1009 comes within a second, and little is kept meanwhile."""
    found = {}
    for size in (smallest, smallest, MIB, 64 * MIB):
        async with asyncio.timeout(ANSWER_WITHIN_S), line_to(site.port(program), path, *logins[path]) as line:
            await line.hear()
            before = peak.begin(site.pid(program))
            code, took = await refusal(line, pieces(size))
            found[size] = code, took < REFUSED_WITHIN_S, peak.so_far(site.pid(program)) - before < MORE_MEMORY
    assert found == dict.fromkeys((smallest, MIB, 64 * MIB), (1009, True, True))
    assert site.complaints() == []
