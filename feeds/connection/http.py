"""HTTP calls to a venue: the only module that imports httpx. One try, bounded in time and size, no redirects."""

import asyncio
import functools
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple

import httpx

from feeds.errors import CertificateRefused, ConnectFailed, HandshakeRefused, SessionEnded
from feeds.tally import REST, TALLY
from feeds.venues.base import HTTPRequest

MAX_ANSWER_BYTES: Final = 64 * 1024
# What a refusal says is worth this much and no more.
MAX_REFUSAL_BYTES: Final = 64 * 1024
REFUSAL_WITHIN_S: Final = 1.0
# Retry-After is obeyed within these, whatever it says.
SHORTEST_WAIT_S, LONGEST_WAIT_S = 1.0, 24 * 3600.0
# What is sent packed anyway stays packed, so that 64 kB never become 64 MB.
UNCOMPRESSED: Final = (("Accept-Encoding", "identity"),)

_is_seconds = re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII).fullmatch


class Answer(NamedTuple):
    """`retry_after` is in seconds; None where the venue does not say."""

    status: int
    body: bytes
    retry_after: float | None


@functools.cache
def trust() -> ssl.SSLContext:
    """Made once: reading the certificates takes as long as a few hundred frames."""
    return httpx.create_ssl_context()


async def fetch(request: HTTPRequest, within: float, now: datetime) -> bytes:
    """The body of a 200 answer. ConnectFailed without an answer, HandshakeRefused for any other one."""
    async with _answered(request, within) as answer:
        if answer.status_code != 200:
            raise HandshakeRefused(answer.status_code, seconds(answer.headers.get("Retry-After"), now))
        return await _read(answer, MAX_ANSWER_BYTES)


async def call(request: HTTPRequest, within: float, most: int, now: datetime) -> Answer:
    """Whatever the venue answers, with at most `most` bytes in a 200 answer. ConnectFailed without an answer."""
    is_good = False
    try:
        async with _answered(request, within) as answer:
            is_good = answer.status_code == 200
            body = await _read(answer, most) if is_good else await _read_refusal(answer)
            return Answer(answer.status_code, body, seconds(answer.headers.get("Retry-After"), now))
    finally:
        TALLY.asked(REST, has_failed=not is_good)


@asynccontextmanager
async def _answered(request: HTTPRequest, within: float) -> AsyncIterator[httpx.Response]:
    # Plain http:// is only ever the replay exchange on this machine, and needs no proxy.
    is_encrypted = request.url.startswith("https://")
    try:
        async with (
            asyncio.timeout(within),
            httpx.AsyncClient(timeout=within, trust_env=is_encrypted, verify=trust()) as client,
            client.stream(request.method, request.url, headers=[*UNCOMPRESSED, *request.headers]) as answer,
        ):
            yield answer
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise _failure(error) from error


def _failure(error: Exception) -> SessionEnded:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return CertificateRefused(f"the venue's certificate is refused: {cause.verify_message}")
        cause = cause.__cause__ or cause.__context__
    return ConnectFailed(f"{type(error).__name__}: {error}")


async def _read(answer: httpx.Response, most: int) -> bytes:
    body = bytearray()
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) > most:
            raise ConnectFailed(f"the answer has more than {most} bytes")
    return bytes(body)


async def _read_refusal(answer: httpx.Response) -> bytes:
    """The beginning of what it says, or what of that comes soon: the status is enough to obey."""
    body = bytearray()
    with suppress(httpx.HTTPError, TimeoutError):
        async with asyncio.timeout(REFUSAL_WITHIN_S):
            async for chunk in answer.aiter_raw():
                body += chunk
                if len(body) >= MAX_REFUSAL_BYTES:
                    break
    return bytes(body[:MAX_REFUSAL_BYTES])


def seconds(header: str | None, now: datetime | None = None) -> float | None:
    """Retry-After as seconds, within a second and a day; None without it, or where it is neither of its two forms.

    `now` is for its form as a date, RFC 9110 section 10.2.3.
    """
    if header is None:
        return None
    wait = float(header) if _is_seconds(header.strip()) else _seconds_until(header, now)
    return None if wait is None else min(LONGEST_WAIT_S, max(SHORTEST_WAIT_S, wait))


def _seconds_until(date: str, now: datetime | None) -> float | None:
    try:
        until = parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError):
        return None
    # "-0000" makes a naive time; all of HTTP's dates are UTC.
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return None if now is None else (until - now).total_seconds()
