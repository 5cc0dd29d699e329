"""BitGet's doors: private and public sockets of two generations in two environments, and REST."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from aiohttp import web

from tests.exchange.bitget.calls import serve_call
from tests.exchange.bitget.card import Environment
from tests.exchange.bitget.gate import Visitor
from tests.exchange.bitget.limits import TICKERS_EVERY
from tests.exchange.bitget.private import PrivateTalk
from tests.exchange.bitget.public import PublicTalk
from tests.exchange.bitget.talk import Talk
from tests.exchange.bitget.wire import Wire
from tests.exchange.bitget.wire_v2 import WireV2
from tests.exchange.bitget.wire_v3 import WireV3
from tests.exchange.connection import Scene
from tests.exchange.dialect import Handshake
from tests.exchange.routes import admit

if TYPE_CHECKING:
    from tests.exchange.server import Exchange

SOCKET = re.compile(r"(v[23])/ws/(private|public)")
WIRES: dict[str, Wire] = {"v2": WireV2(), "v3": WireV3()}


class BitgetRoutes:
    """`bitget-demo` is the venue's other socket host. REST has one host, which is `bitget`."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def serve(self, request: web.Request) -> web.StreamResponse:
        venue, path = request.match_info["venue"], request.match_info["path"]
        if found := SOCKET.fullmatch(path):
            return await self._serve_socket(venue, found[1], found[2] == "private", request)
        if venue != "bitget" or not path.startswith("api/"):
            raise web.HTTPNotFound(text=f"{venue} has nothing at /{path}.\n")
        admit(self._exchange, venue, "refuse_rest", request)
        return await serve_call(self._exchange.bitget, request)

    async def _serve_socket(
        self, venue: str, version: str, is_private: bool, request: web.Request
    ) -> web.StreamResponse:
        is_one_too_many = self._exchange.is_tried_too_often(venue)
        admit(self._exchange, venue, "refuse", request, is_one_too_many)
        if is_one_too_many:
            return web.json_response({"code": "429", "msg": "Too Many Requests"}, status=429)
        scene = self._exchange.scene(venue)
        if not is_private:
            scene = replace(scene, limits=replace(scene.limits, beat_every=TICKERS_EVERY))
        talk = self._talk(scene, WIRES[version], is_private, request)
        return await self._exchange.take_in(scene, talk, request).serve()

    def _talk(self, scene: Scene, wire: Wire, is_private: bool, request: web.Request) -> Talk:
        handshake = Handshake(
            number=self._exchange.next_number(),
            path=request.match_info["path"],
            query=request.query,
            limits=scene.limits,
            tokens=self._exchange.doors[scene.venue].tokens,
            now=self._exchange.clock(),
        )
        if not is_private:
            return PublicTalk(self._exchange.bitget, wire, handshake)
        environment: Environment = "demo" if scene.venue == "bitget-demo" else "live"
        visitor = Visitor(wire.kind, environment, request.remote or "")
        return PrivateTalk(self._exchange.bitget, wire, handshake, visitor)
