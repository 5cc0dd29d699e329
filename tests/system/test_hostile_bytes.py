"""Hostile bytes for the real programs, web and broadcast: requests that are none, cut ones, and broken frames."""

import asyncio
import os
from itertools import product

import pytest

from tests.conformance.wire import handshake, line_to, said
from tests.faults.wire import frame as unmasked
from tests.system.hostile import ANSWER_WITHIN_S, KIB, MIB, PROGRAMS, Site, refusal

pytestmark = pytest.mark.system


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
