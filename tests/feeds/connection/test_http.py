"""One HTTP call to a venue: what comes back, and every way in which it may not."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
import trustme

from feeds.connection.http import MAX_ANSWER_BYTES, MAX_REFUSAL_BYTES, Answer, call, fetch, seconds
from feeds.errors import CertificateRefused, ConnectFailed, HandshakeRefused
from feeds.venues.base import HTTPRequest

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
Write = Callable[[asyncio.StreamWriter], None]


@asynccontextmanager
async def server(*parts: bytes, is_ending: bool = True) -> AsyncIterator[tuple[HTTPRequest, list[bytes]]]:
    """Answers anything with these bytes, and keeps what it was asked."""
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.writelines(parts)
        if is_ending:
            writer.close()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with listening:
        yield HTTPRequest("POST", f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/token"), asked


def ok(body: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *headers, b"", body])


async def test_body_of_a_good_answer_comes_back() -> None:
    """The method is the one that was asked for, and nothing packed is wanted."""
    async with server(ok(b'{"a":1}')) as (request, asked):
        assert await fetch(request, 5.0) == b'{"a":1}'
    assert asked[0].startswith(b"POST /token HTTP/1.1\r\n")
    assert b"accept-encoding: identity" in asked[0].lower()


async def test_answer_as_long_as_allowed_comes_back() -> None:
    """F-11: to the byte."""
    async with server(ok(b"x" * MAX_ANSWER_BYTES)) as (request, _):
        assert len(await fetch(request, 5.0)) == MAX_ANSWER_BYTES


async def test_longer_answer_is_a_failed_connection() -> None:
    """F-11: whatever length it states."""
    async with server(ok(b"x" * (MAX_ANSWER_BYTES + 1))) as (request, _):
        with pytest.raises(ConnectFailed, match="more than"):
            await fetch(request, 5.0)


async def test_packed_answer_is_not_unpacked() -> None:
    """E22: 50 kB that hold 50 MB stay 50 kB."""
    bomb = gzip.compress(b" " * 50_000_000)
    async with server(ok(bomb, b"Content-Encoding: gzip")) as (request, _):
        assert await fetch(request, 5.0) == bomb


@pytest.mark.parametrize(
    ("headers", "status", "wait"),
    [
        (b"302 Found\r\nLocation: http://127.0.0.1:9/", 302, 0.0),
        (b"500 Oh", 500, 0.0),
        (b"429 Slow\r\nRetry-After: 5", 429, 5.0),
        (b"429 Slow", 429, 60.0),
        (b"451 No", 451, 600.0),
        (b"204 Nothing", 204, 0.0),
    ],
)
async def test_any_other_answer_is_a_refusal(headers: bytes, status: int, wait: float) -> None:
    """E4 E5: with its wait; nobody is followed elsewhere."""
    async with server(b"HTTP/1.1 " + headers + b"\r\nContent-Length: 0\r\n\r\n") as (request, _):
        with pytest.raises(HandshakeRefused) as refusal:
            await fetch(request, 5.0)
    assert (refusal.value.status, refusal.value.cool_off) == (status, wait)


@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 100, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"])
async def test_answer_that_is_none_is_a_failed_connection(content: bytes) -> None:
    """E13 E23: hung up, no HTTP, or cut in the middle."""
    async with server(content) as (request, _):
        with pytest.raises(ConnectFailed):
            await fetch(request, 5.0)


@pytest.mark.parametrize("content", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"])
async def test_answer_that_does_not_end_is_a_failed_connection(content: bytes) -> None:
    """E3: the limit is for the whole call."""
    async with server(content, is_ending=False) as (request, _):
        with pytest.raises(ConnectFailed):
            await fetch(request, 0.1)


async def test_answer_that_drips_is_a_failed_connection() -> None:
    """E3 E23: each byte is in time, the whole is not."""

    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await asyncio.sleep(0.01)

    dripping = await asyncio.start_server(drip, "127.0.0.1", 0)
    async with dripping:
        with pytest.raises(ConnectFailed):
            await fetch(HTTPRequest("POST", f"http://127.0.0.1:{dripping.sockets[0].getsockname()[1]}/"), 0.2)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://nowhere.invalid/", "http://[", "none"])
async def test_address_without_anybody_is_a_failed_connection(url: str) -> None:
    """E1 E2: refused, unknown, or no address at all."""
    with pytest.raises(ConnectFailed):
        await fetch(HTTPRequest("POST", url), 2.0)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, None),
        ("5", 5.0),
        (" 5 ", 5.0),
        ("1.5", 1.5),
        ("0", 1.0),
        ("-5", None),
        ("99999999", 86_400.0),
        ("9" * 400, 86_400.0),
        ("Fri, 20 Nov 2026 12:00:30 GMT", 30.0),
        ("Friday, 20-Nov-26 12:00:30 GMT", 30.0),
        ("Fri, 20 Nov 2026 12:00:30 -0000", 30.0),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 1.0),
        ("Mon, 20 Nov 2056 12:00:00 GMT", 86_400.0),
        ("Fri, 99 Nov 2026 12:00:30 GMT", None),
        ("soon", None),
        ("", None),
        ("NaN", None),
        ("inf", None),
        ("1e9", None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(header: str | None, wait: float | None) -> None:
    """E5: seconds or a date, held within a second and a day; what is neither is as if it were not there."""
    assert seconds(header, NOW) == wait


async def test_call_gives_whatever_was_answered() -> None:
    """E6: a refusal has its words and its wait, a redirect goes nowhere."""
    answer = b"HTTP/1.1 429 Slow\r\nRetry-After: Fri, 20 Nov 2026 12:00:30 GMT\r\nContent-Length: 4\r\n\r\nbusy"
    async with server(answer) as (request, _):
        assert await call(request, 5.0, 100, NOW) == Answer(429, b"busy", 30.0)
    async with server(b"HTTP/1.1 301 There\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n") as (
        request,
        _,
    ):
        assert await call(request, 5.0, 100, NOW) == Answer(301, b"", None)


async def test_call_takes_as_much_as_it_is_told_to() -> None:
    """E6: to the byte, and no byte more."""
    async with server(ok(b"x" * 200_000)) as (request, _):
        assert len((await call(request, 5.0, 200_000, NOW)).body) == 200_000
    async with server(ok(b"x" * 200_001)) as (request, _):
        with pytest.raises(ConnectFailed, match="more than"):
            await call(request, 5.0, 200_000, NOW)


async def test_of_a_refusal_only_the_beginning_is_read() -> None:
    """E6: 64 kB of an error page, however long it is."""
    page = b"<html>" + b"x" * 10_000_000
    async with server(b"HTTP/1.1 502 Bad\r\nContent-Length: %d\r\n\r\n" % len(page) + page) as (request, _):
        assert await call(request, 5.0, 16_000_000, NOW) == Answer(502, page[:MAX_REFUSAL_BYTES], None)


@pytest.mark.parametrize("is_ending", [True, False])
async def test_refusal_whose_page_does_not_end_is_obeyed_all_the_same(is_ending: bool) -> None:
    """E5 E6: the status came; the rest is cut, or keeps one waiting."""
    answer = b"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 9\r\n\r\nbus"
    async with server(answer, is_ending=is_ending) as (request, _):
        assert await call(request, 5.0, 100, NOW) == Answer(429, b"bus", 7.0)


async def test_certificate_of_a_stranger_is_refused() -> None:
    """E3: typed as what it is, and before a byte of ours was sent."""
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1))
        writer.close()

    stranger = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(stranger)
    listening = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=stranger)
    async with listening:
        request = HTTPRequest("GET", f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}/")
        with pytest.raises(CertificateRefused, match="certificate"):
            await call(request, 5.0, 100, NOW)
    assert heard == []
