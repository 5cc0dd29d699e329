"""The control API over HTTP: for tests with real processes and for people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from tests.exchange.faults import EVERYWHERE, FaultError

if TYPE_CHECKING:
    from tests.exchange.connection import Connection
    from tests.exchange.server import Exchange

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_routes(application: web.Application, exchange: Exchange) -> None:
    control = Control(exchange)
    application.add_routes(
        [
            web.get("/control", control.show_state),
            web.post("/control/faults", control.begin_fault),
            web.delete("/control/faults", control.clear_faults),
            web.get("/control/ledger", control.show_ledger),
            web.get("/control/frames", control.show_frames),
            web.get("/control/connections", control.show_connections),
        ]
    )


class Control:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def show_state(self, request: web.Request) -> web.Response:
        return _json(self._state())

    async def begin_fault(self, request: web.Request) -> web.Response:
        try:
            self._exchange.faults.begin(msgspec.json.decode(await request.read()))
        except FaultError as error:
            return _json({"error": str(error)}, 400)
        except msgspec.DecodeError as error:
            return _json({"error": f"the body is not JSON: {error}."}, 400)
        return _json(self._state())

    async def clear_faults(self, request: web.Request) -> web.Response:
        try:
            self._exchange.faults.clear(request.query.get("venue", EVERYWHERE))
        except FaultError as error:
            return _json({"error": str(error)}, 400)
        return _json(self._state())

    async def show_ledger(self, request: web.Request) -> web.Response:
        return _lines(self._exchange.ledger.since(_since(request)))

    async def show_frames(self, request: web.Request) -> web.Response:
        return _lines(self._exchange.ledger.frames_since(_since(request)))

    async def show_connections(self, request: web.Request) -> web.Response:
        return _json([_describe(connection) for connection in self._exchange.connections])

    def _state(self) -> dict[str, object]:
        exchange = self._exchange
        return {
            "url": exchange.url,
            "seed": exchange.market.seed,
            "rate": exchange.market.rate,
            "instruments": [listing.instrument for listing in exchange.market.listings],
            "venues": exchange.venues,
            "faults": exchange.faults.active(),
            "open_connections": [_describe(connection) for connection in exchange.open_connections],
            "trades_sent": exchange.ledger.last_number,
        }


def _describe(connection: Connection) -> dict[str, object]:
    return {
        "number": connection.number,
        "venue": connection.venue,
        "path": connection.path,
        "opened_at": connection.opened_at,
        "closed_at": connection.closed_at,
        "close_code": connection.close_code,
        "frames_received": connection.frames_received,
        "topics": connection.topics,
    }


def _since(request: web.Request) -> int:
    text = request.query.get("since", "0")
    if not text.isdecimal():
        raise web.HTTPBadRequest(text="'since' must be a number.\n")
    return int(text)


def _json(body: object, status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(body) + b"\n", status=status, content_type="application/json"
    )


def _lines(rows: Iterable[object]) -> web.Response:
    body = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
    return web.Response(body=body, content_type="application/x-ndjson")
