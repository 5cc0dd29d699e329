"""The control API over HTTP: for tests with real processes and for people."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from tests.exchange.bitget.control import DeskControl
from tests.exchange.faults import EVERYWHERE
from tests.exchange.market import Side

if TYPE_CHECKING:
    from tests.exchange.connection import Connection
    from tests.exchange.server import Exchange


class TradeOrder(msgspec.Struct, forbid_unknown_fields=True):
    venue: str
    instrument: str
    price: Decimal
    sizes: tuple[Decimal, ...] = (Decimal("0.01"),)
    side: Side = "buy"


class FrameOrder(msgspec.Struct, forbid_unknown_fields=True):
    venue: str
    frame: str
    is_base64: bool = False  # then it goes out as a binary frame


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer an order that makes no sense with its sentence."""
    try:
        return await handler(request)
    except (msgspec.DecodeError, ValueError) as error:
        return _json({"error": str(error)}, 400)


def make_control(exchange: Exchange) -> web.Application:
    control = Control(exchange)
    application = web.Application(middlewares=[explain])
    application.add_routes(
        [
            web.get("", control.show_state),
            web.post("/faults", control.begin_fault),
            web.delete("/faults", control.clear_faults),
            web.post("/trades", control.make_trade),
            web.post("/frames", control.send_frame),
            web.get("/ledger", control.show_ledger),
            web.get("/frames", control.show_frames),
            web.get("/connections", control.show_connections),
            web.get("/attempts", control.show_attempts),
            *DeskControl(exchange.bitget).routes(),
        ]
    )
    return application


class Control:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def show_state(self, request: web.Request) -> web.Response:
        return _json(self._state())

    async def begin_fault(self, request: web.Request) -> web.Response:
        self._exchange.faults.begin(msgspec.json.decode(await request.read()))
        return _json(self._state())

    async def clear_faults(self, request: web.Request) -> web.Response:
        self._exchange.faults.clear(request.query.get("venue", EVERYWHERE))
        return _json(self._state())

    async def make_trade(self, request: web.Request) -> web.Response:
        order = msgspec.json.decode(await request.read(), type=TradeOrder)
        return _json(self._exchange.trade(order.venue, order.instrument, order.price, order.sizes, order.side))

    async def send_frame(self, request: web.Request) -> web.Response:
        order = msgspec.json.decode(await request.read(), type=FrameOrder)
        frame = b64decode(order.frame, validate=True) if order.is_base64 else order.frame
        self._exchange.say(order.venue, frame)
        return _json(self._state())

    async def show_ledger(self, request: web.Request) -> web.Response:
        return _lines(self._exchange.ledger.since(_since(request)))

    async def show_frames(self, request: web.Request) -> web.Response:
        return _lines(self._exchange.ledger.frames_since(_since(request)))

    async def show_connections(self, request: web.Request) -> web.Response:
        return _json([_describe(connection) for connection in self._exchange.connections])

    async def show_attempts(self, request: web.Request) -> web.Response:
        return _json(list(self._exchange.attempts))

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
            "violations": {code: dict(door.violations) for code, door in exchange.doors.items() if door.violations},
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
    return int(request.query.get("since", "0"))


def _json(body: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(body) + b"\n", status=status, content_type="application/json")


def _lines(rows: Iterable[object]) -> web.Response:
    body = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
    return web.Response(body=body, content_type="application/x-ndjson")
