"""The door in front of all sockets of a process: who is sent away before anything is looked up."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from django.conf import settings

from dashboard.sockets.address import address_of, network_of
from dashboard.sockets.limits import Rates, Seats
from dashboard.sockets.origin import Standing, judge, normal, told
from feeds.clock import Clock, SystemClock
from feeds.errors import printable

TELL_EVERY: Final = 60.0
# Daphne closes with 403 whatever is said here.
_REFUSED: Final = 1008

# Of each user, over all addresses; taken by a consumer as soon as it knows whose socket it is. One per process.
USER_SEATS: Final = Seats(settings.SOCKETS_PER_USER)

Scope = dict[str, Any]
# Names are lower case.
Headers = Sequence[tuple[bytes, bytes]]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
# As ASGI has it; each of its libraries types it in its own way.
Application = Callable[[Any, Any, Any], Awaitable[Any]]

logger = logging.getLogger(__name__)


class Refusal(NamedTuple):
    """`text` is for the client and for the log, without its full stop."""

    status: HTTPStatus
    text: str


TOO_OFTEN: Final = Refusal(HTTPStatus.TOO_MANY_REQUESTS, "Too many connections in one second from this address")
TOO_MANY_HERE: Final = Refusal(HTTPStatus.TOO_MANY_REQUESTS, "Too many open connections from this address")
TOO_MANY: Final = Refusal(HTTPStatus.TOO_MANY_REQUESTS, "Too many open connections")
FOREIGN: Final = Refusal(HTTPStatus.FORBIDDEN, "Pages of this origin may not connect")


class Limits(NamedTuple):
    """Of one process. `proxy_hops`: how many proxies of ours stand in front, and say where a client is."""

    handshakes_per_second: int
    sockets_per_address: int
    sockets_max: int
    proxy_hops: int
    allowed_origins: tuple[str, ...]


def limits_of_settings() -> Limits:
    return Limits(
        settings.HANDSHAKES_PER_SECOND,
        settings.SOCKETS_PER_ADDRESS,
        settings.SOCKETS_MAX,
        settings.PROXY_HOPS,
        tuple(settings.ALLOWED_ORIGINS),
    )


class Refusals:
    """Told of in one line a minute: a flood of handshakes is no flood of lines."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._told_at = float("-inf")

    def add(self, text: str, address: str, origins: list[str], now: float) -> None:
        self._counts[text] += 1
        if now - self._told_at < TELL_EVERY:
            return
        whole = "; ".join(f"{count} x {text}" for text, count in self._counts.most_common())
        page = printable(" and ".join(origins)) or "none"
        logger.warning("sockets refused, the last one from %s with origin %s: %s", printable(address), page, whole)
        self._counts.clear()
        self._told_at = now


class Door:
    """An ASGI application around the sockets' routes. It knows nobody: no session and no token is looked up here.

    A server that has counted the handshake already says `is_counted` in the scope. Inside, the scope says `address`:
    where the client is, and `has_own_origin`: whether it is a page of ours.
    """

    def __init__(self, inner: Application, clock: Clock | None = None, limits: Limits | None = None) -> None:
        self.inner = inner
        self._clock = clock or SystemClock()
        self._limits = limits or limits_of_settings()
        self._rates = Rates(self._limits.handshakes_per_second, self._limits.handshakes_per_second)
        self._own = frozenset(normal(origin) for origin in self._limits.allowed_origins)
        self._refusals = Refusals()
        self.seats = Seats(self._limits.sockets_per_address, self._limits.sockets_max)

    def count(self, peer: str, headers: Headers) -> Refusal | None:
        """One handshake more of whoever sent these headers, of which nothing else is judged. Why to refuse it, if so.

        For a server that can refuse it before it makes a socket of it, which costs ten times as much.
        """
        address = address_of(peer, headers, self._limits.proxy_hops)
        if self._rates.take(network_of(address), self._clock.monotonic()):
            return None
        self._tell(TOO_OFTEN, address, told(headers))
        return TOO_OFTEN

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = scope["headers"]
        peer, _ = scope.get("client") or ("", 0)
        if not scope.get("is_counted") and (refusal := self.count(peer, headers)):
            await receive()
            await refuse(refusal, scope, send)
            return
        address, origins = address_of(peer, headers, self._limits.proxy_hops), told(headers)
        network, standing = network_of(address), judge(origins, self._own)
        if refusal := self._judge(network, standing):
            self._tell(refusal, address, origins)
            await receive()
            await refuse(refusal, scope, send)
            return
        self.seats.take(network)
        try:
            inside = {**scope, "address": address, "has_own_origin": standing is Standing.OWN}
            await self.inner(inside, receive, send)
        finally:
            self.seats.leave(network)

    def _judge(self, network: str, standing: Standing) -> Refusal | None:
        if self.seats.is_full_for(network):
            return TOO_MANY_HERE
        if self.seats.is_full:
            return TOO_MANY
        return FOREIGN if standing is Standing.FOREIGN else None

    def _tell(self, refusal: Refusal, address: str, origins: list[str]) -> None:
        self._refusals.add(refusal.text, address, origins, self._clock.monotonic())


async def refuse(refusal: Refusal, scope: Scope, send: Send) -> None:
    """Answers the handshake: with status and sentence where the server can, else it answers 403 by itself."""
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": _REFUSED, "reason": refusal.text})
        return
    body = f"{refusal.text}.\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "websocket.http.response.start", "status": int(refusal.status), "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})
