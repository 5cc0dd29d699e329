"""HTTP calls to a venue: the only module that imports httpx. One try, bounded in time and size, no redirects."""

import asyncio
import functools
import ssl
from typing import Final

import httpx

from feeds.errors import ConnectFailed, HandshakeRefused
from feeds.venues.base import HTTPRequest

MAX_ANSWER_BYTES: Final = 64 * 1024
# What is sent packed anyway stays packed, so that 64 kB never become 64 MB.
UNCOMPRESSED: Final = {"Accept-Encoding": "identity"}


@functools.cache
def trust() -> ssl.SSLContext:
    """Made once: reading the certificates takes as long as a few hundred frames."""
    return httpx.create_ssl_context()


async def fetch(request: HTTPRequest, within: float) -> bytes:
    """The body of a 200 answer. ConnectFailed without an answer, HandshakeRefused for any other one."""
    # Plain http:// is only ever the replay exchange on this machine, and needs no proxy.
    is_encrypted = request.url.startswith("https://")
    try:
        async with (
            asyncio.timeout(within),
            httpx.AsyncClient(timeout=within, trust_env=is_encrypted, verify=trust()) as client,
            client.stream(request.method, request.url, headers=UNCOMPRESSED) as answer,
        ):
            if answer.status_code != 200:
                raise HandshakeRefused(answer.status_code, seconds(answer.headers.get("Retry-After")))
            return await _read(answer)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise ConnectFailed(f"{type(error).__name__}: {error}") from error


async def _read(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise ConnectFailed(f"the answer has more than {MAX_ANSWER_BYTES} bytes")
    return bytes(body)


def seconds(header: str | None) -> float | None:
    """Retry-After in seconds, within 1 s and a day; its date form is not sent by any venue."""
    return min(86_400.0, max(1.0, float(header))) if header and header.isascii() and header.isdigit() else None
