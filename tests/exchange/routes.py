"""A venue's doors: its WebSocket paths and its REST calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from tests.exchange.dialect import Call, Dialect, Handshake, Result
from tests.exchange.dialects import DIALECTS
from tests.exchange.faults import FaultName
from tests.exchange.tokens import Tokens

if TYPE_CHECKING:
    from tests.exchange.server import Exchange


@dataclass(frozen=True, slots=True)
class Attempt:
    """One connection or REST call that a client tried, refused or not."""

    venue: str
    path: str
    is_socket: bool
    is_refused: bool
    attempted_at: datetime


class VenueRoutes:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def serve(self, request: web.Request) -> web.StreamResponse:
        dialect = DIALECTS.get(request.match_info["venue"])
        if dialect is None:
            raise web.HTTPNotFound(text=f"There is no such venue; there are {', '.join(DIALECTS)}.\n")
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._serve_socket(dialect, request)
        return await self._serve_rest(dialect, request)

    async def _serve_socket(self, dialect: Dialect, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        if not dialect.is_socket_path(path):
            raise web.HTTPNotFound(text=f"{dialect.code} takes no connections at /{path}.\n")
        is_one_too_many = self._exchange.is_tried_too_often(dialect.code)
        admit(self._exchange, dialect.code, "refuse", request, is_one_too_many)
        if is_one_too_many:
            return _answer(dialect.too_many_connects)
        scene = self._exchange.scene(dialect.code)
        talk = dialect.open(self._handshake(dialect, request), self._exchange.market)
        return await self._exchange.take_in(scene, talk, request).serve()

    def _handshake(self, dialect: Dialect, request: web.Request) -> Handshake:
        door = self._exchange.doors[dialect.code]
        return Handshake(
            number=self._exchange.next_number(),
            path=request.match_info["path"],
            query=request.query,
            limits=door.limits,
            tokens=Tokens() if self._exchange.faults.find(dialect.code, "refuse_token") else door.tokens,
            now=self._exchange.clock(),
        )

    async def _serve_rest(self, dialect: Dialect, request: web.Request) -> web.Response:
        admit(self._exchange, dialect.code, "refuse_rest", request)
        door = self._exchange.doors[dialect.code]
        call = Call(
            method=request.method,
            path=request.match_info["path"],
            query=request.query,
            body=await request.read(),
            base_url=f"{self._exchange.url}/{dialect.code}",
            limits=door.limits,
            tokens=door.tokens,
            now=self._exchange.clock(),
        )
        return _answer(dialect.call(call, self._exchange.market))


def admit(exchange: Exchange, venue: str, name: FaultName, request: web.Request, is_refused: bool = False) -> None:
    """Note the attempt, and turn it away if that fault is on."""
    fault = exchange.faults.hit(venue, name)
    is_refused = is_refused or fault is not None
    exchange.attempts.append(Attempt(venue, request.path_qs, name == "refuse", is_refused, exchange.clock()))
    if fault is None:
        return
    if fault.status == 0 and request.transport:
        request.transport.abort()
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    raise Refused(fault.status or 503, headers)


def _answer(result: Result) -> web.Response:
    body = msgspec.json.encode(result.body)
    return web.Response(body=body, status=result.status, headers=result.headers, content_type="application/json")


class Refused(web.HTTPException):
    """Any status that a fault asks for; aiohttp has one class for each."""

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        self.status_code = status
        super().__init__(headers=headers, text="refused\n")
