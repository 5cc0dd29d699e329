"""The client's side of a test: connect, say, hear, wait."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.exchange.server import Exchange

PATIENCE = 5.0


def dial(exchange: Exchange, path: str) -> connect:
    """A connection that sends nothing by itself but answers to pings."""
    return connect(exchange.url.replace("http", "ws") + path, ping_interval=None)


async def say(socket: ClientConnection, **message: object) -> None:
    await socket.send(msgspec.json.encode(message).decode())


async def hear(socket: ClientConnection) -> Any:
    """The next message, unpacked; prices stay exact as text."""
    async with asyncio.timeout(PATIENCE):
        frame = await socket.recv()
    return msgspec.json.decode(gzip.decompress(frame) if isinstance(frame, bytes) else frame)


async def hear_close(socket: ClientConnection) -> int:
    """The code the connection ends with, whatever is said before."""
    try:
        while True:
            await hear(socket)
    except ConnectionClosed:
        return socket.close_code or 0


async def wait_until(condition: Callable[[], object]) -> None:
    """Wait for something that nobody announces."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
