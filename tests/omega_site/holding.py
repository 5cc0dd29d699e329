"""A small ASGI application, and the broadcast program's servers around it inside a test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from pytest_django import Settings

from omega_site.broadcast import Broadcast
from omega_site.probes import free_port
from tests.waiting import wait_until


class Holder:
    """Accepts whoever comes, answers each text with the same text, and knows who is there."""

    def __init__(self) -> None:
        self.sockets: set[Any] = set()
        self.ended = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        self.sockets.add(send)
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})
        self.sockets.discard(send)
        self.ended += 1

    async def close_all(self, code: int, text: str) -> None:
        for send in list(self.sockets):
            await send({"type": "websocket.close", "code": code, "reason": text})
        await wait_until(lambda: not self.sockets)


async def close_nobody(code: int, text: str) -> None:
    """Of an application that forgets its sockets."""


async def raw_handshake(port: int, reads: bool = True) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A client below any library. `reads`: whether it takes what comes after the handshake."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 16)
    writer.write(
        b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    if not reads:
        cast(asyncio.Transport, writer.transport).pause_reading()
    return reader, writer


@asynccontextmanager
async def serving(settings: Settings, application: Any, close_all: Any = close_nobody) -> AsyncIterator[int]:
    """The port, plain, of a server that runs."""
    settings.WEBSOCKET_PORT, settings.WEBSOCKET_SSL_PORT = free_port(), 0
    broadcast = Broadcast(application, close_all)
    await broadcast.start_server()
    try:
        yield int(settings.WEBSOCKET_PORT)
    finally:
        await broadcast.stop_server()


async def ask(port: int, request: bytes) -> bytes:
    """All that is answered until the end of the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), 3)
    finally:
        writer.close()
