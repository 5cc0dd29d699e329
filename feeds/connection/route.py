"""The way to a venue's door, one step at a time: its name, its port, its certificate. Nothing is said there."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from socket import SOCK_STREAM, gaierror
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from feeds.connection.http import trust
from feeds.errors import CertificateRefused, ConnectFailed

_ENCRYPTED: Final = ("wss", "https")
# What a session goes through where the environment names one of them.
_PROXIES: Final = ("wss", "socks", "https")


@dataclass(frozen=True)
class Route:
    """Where to go. `is_proxied`: somebody else goes there for us, so that there is nothing to measure from here."""

    host: str
    port: int
    is_encrypted: bool
    is_proxied: bool


def route_to(url: str) -> Route:
    parts = urlsplit(url)
    host, is_encrypted = parts.hostname or "", parts.scheme in _ENCRYPTED
    port = parts.port or (443 if is_encrypted else 80)
    is_proxied = is_encrypted and any(name in getproxies() for name in _PROXIES) and not proxy_bypass(f"{host}:{port}")
    return Route(host, port, is_encrypted, is_proxied)


async def look_up(route: Route) -> list[str]:
    """The addresses behind the name. ConnectFailed where there are none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(route.host, route.port, type=SOCK_STREAM)
    except (gaierror, UnicodeError) as error:
        raise ConnectFailed(f"the name {route.host} was not found") from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@asynccontextmanager
async def connected(route: Route) -> AsyncIterator[asyncio.StreamWriter]:
    """A line to the port, for as long as the block lasts. ConnectFailed where nobody answers."""
    try:
        _, line = await asyncio.open_connection(route.host, route.port)
    except OSError as error:
        raise ConnectFailed(f"{type(error).__name__}: {error}") from error
    try:
        yield line
    finally:
        line.transport.abort()


async def secure(line: asyncio.StreamWriter, route: Route) -> str:
    """Shakes hands over TLS; the version. CertificateRefused where the other side cannot prove to be the host."""
    try:
        await line.start_tls(trust(), server_hostname=route.host)
    except ssl.SSLCertVerificationError as error:
        raise CertificateRefused(f"the venue's certificate is refused: {error.verify_message}") from error
    except OSError as error:
        raise ConnectFailed(f"{type(error).__name__}: {error}") from error
    return str(line.get_extra_info("ssl_object").version())
