"""A WebSocket server that plays what a test tells it to."""

import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from dashboard.protocol import answers
from dashboard.protocol.commands import Wish
from dashboard.protocol.message import Message, encoded
from dashboard.protocol.topics import Topic
from tests.dashboard.samples import NOON

HELLO = answers.Hello(now=NOON, client="c-1", user="ada", resume="signed")
Play = Callable[["Peer"], Awaitable[None]]
Gate = Callable[[ServerConnection, Request], Response | None]


class Peer:
    """The server's side of one connection."""

    def __init__(self, connection: ServerConnection) -> None:
        self.connection = connection
        self.authorization = connection.request.headers["Authorization"] if connection.request else ""

    async def say(self, *messages: Message) -> None:
        await self.connection.send(f"[{','.join(map(encoded, messages))}]")

    async def hear(self) -> dict[str, Any]:
        heard: dict[str, Any] = json.loads(await self.connection.recv())
        return heard

    async def greet(self) -> list[dict[str, Any]]:
        """Gives the client whatever it asks for; what it said."""
        await self.say(HELLO)
        said = [await self.hear()]
        while said[-1]["type"] != "subscribe":
            said.append(await self.hear())
        wish = Wish(Topic(said[-1]["topics"][0]["topic"]))
        await self.say(answers.Subscribed(id=said[-1].get("id"), topics=[answers.Taken(wish)]))
        return said


@asynccontextmanager
async def playing(*plays: Play, gate: Gate | None = None, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server: each play is for one connection, the last for all that come after."""
    left = list(plays)

    async def play(connection: ServerConnection) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(Peer(connection))

    async with serve(play, "127.0.0.1", 0, process_request=gate, ssl=context) as server:
        yield int(next(iter(server.sockets)).getsockname()[1])
