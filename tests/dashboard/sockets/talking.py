"""A client's side of protocol 2, for tests: it comes in by the real door, and talks to the real consumers."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from channels.db import database_sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.urls import path

from dashboard.consumers import ClientConsumer, DashboardConsumer
from dashboard.models import ApiToken
from dashboard.protocol.topics import Topic
from dashboard.sockets.door import Door, Limits
from dashboard.sockets.station import Station
from dashboard.tokens import secret
from tests.dashboard.conftest import Visitor
from tests.waiting import wait_until

ORIGIN: Final = "http://127.0.0.1:8000"
PAGES, CLIENTS = "/ws/dashboard/", "/ws/v2/"
LIMITS: Final = Limits(1000, 1000, 1000, 0, (ORIGIN,))
PATIENCE_S: Final = 5.0


def door_to(station: Station, limits: Limits = LIMITS, page: type[DashboardConsumer] = DashboardConsumer) -> Door:
    """The same as the site's, on a clock that the test moves."""
    routes: list[Any] = [
        path(PAGES[1:], page.as_asgi(station=station)),  # type: ignore[arg-type]
        path(CLIENTS[1:], ClientConsumer.as_asgi(station=station)),  # type: ignore[arg-type]
    ]
    return Door(URLRouter(routes), station.clock, limits)


def new_token(user: User, topics: tuple[Topic, ...] = (), **fields: Any) -> str:
    """An API token of this user, with which a program may come in. Blocking."""
    text = secret.make()
    ends_at = datetime.now(UTC) + timedelta(days=1)
    values = {"expires_at": ends_at, "topics": list(topics), **secret.parse(text)._asdict(), **fields}
    ApiToken.objects.create(owner=user, name="for a test", **values)
    return text


make_token = database_sync_to_async(new_token)


def a_second_ago() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=1)


class Talk:
    """One connection. Ticks are answered by the way, as every client has to."""

    def __init__(self, app: Any, at: str, headers: list[tuple[bytes, bytes]]) -> None:
        self.socket = WebsocketCommunicator(app, at, headers=headers)
        self._waiting: deque[dict[str, Any]] = deque()
        self.frames: list[str] = []
        self.is_answering = True

    async def say(self, kind: str, **fields: Any) -> None:
        await self.socket.send_to(text_data=json.dumps({"type": kind, **fields}))

    async def answer(self) -> None:
        """Says how many frames came until now, read or not, and waits until that is heard."""
        while not self.socket.output_queue.empty():
            self._take(str(await self.socket.receive_from(timeout=PATIENCE_S)))
        await self.say("pong", frames=len(self.frames))
        await wait_until(self.socket.input_queue.empty)

    async def subscribe(self, *topics: dict[str, Any] | str, **more: Any) -> dict[str, Any]:
        """The answer to it; what was refused of it came before."""
        wishes = [{"topic": each} if isinstance(each, str) else each for each in topics]
        await self.say("subscribe", topics=wishes, **more)
        return await self.next("subscribed")

    async def next(self, kind: str, within: float = PATIENCE_S, **fields: Any) -> dict[str, Any]:
        """The next message of this kind, with these fields; what comes before it is passed over."""
        async with asyncio.timeout(within):
            while True:
                message = await self.next_of(kind)
                if all(message.get(name) == value for name, value in fields.items()):
                    return message

    async def next_of(self, *kinds: str) -> dict[str, Any]:
        """The next message of one of these kinds."""
        while (message := await self._any())["type"] not in kinds:
            pass
        return message

    async def until_tick(self, count: int = 2) -> str:
        """Everything that comes before so many ticks, as text."""
        start = len(self.frames)
        for _ in range(count):
            await self.next("tick")
        return "".join(self.frames[start:])

    async def closed(self, within: float = PATIENCE_S) -> tuple[int, str]:
        """With which code, and what the error message said before."""
        async with asyncio.timeout(within):
            while (output := await self.socket.receive_output(timeout=PATIENCE_S))["type"] != "websocket.close":
                self._take(output["text"])
        errors = [message for message in self._waiting if message["type"] == "error"]
        assert errors, f"closed with {output['code']} without a word"
        assert errors[-1]["code"] == output["code"]
        return int(output["code"]), str(errors[-1]["text"])

    async def _any(self) -> dict[str, Any]:
        while not self._waiting:
            self._take(str(await self.socket.receive_from(timeout=PATIENCE_S)))
        message = self._waiting.popleft()
        if message["type"] == "tick" and self.is_answering:
            await self.say("pong", frames=len(self.frames))
        return message

    def _take(self, frame: str) -> None:
        self.frames.append(frame)
        self._waiting += json.loads(frame)


def headers_of(
    visitor: Visitor | None = None, origin: str | None = ORIGIN, token: str = ""
) -> list[tuple[bytes, bytes]]:
    headers = [(b"host", b"127.0.0.1:8000")]
    if visitor:
        headers.append((b"cookie", visitor.cookie.encode()))
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    if token:
        headers.append((b"authorization", f"Bearer {token}".encode()))
    return headers


@asynccontextmanager
async def connected(app: Any, at: str, headers: list[tuple[bytes, bytes]]) -> AsyncIterator[Talk]:
    talk = Talk(app, at, headers)
    is_accepted, code = await talk.socket.connect(timeout=PATIENCE_S)
    assert is_accepted, code
    try:
        yield talk
    finally:
        if not talk.socket.future.done():
            await talk.socket.disconnect()


def browser(visitor: Visitor, app: Any) -> Any:
    """A page of ours, with the cookie of somebody who is logged in."""
    return connected(app, PAGES, headers_of(visitor))


def program(token: str, app: Any) -> Any:
    """An API client that brings its token in the handshake."""
    return connected(app, CLIENTS, headers_of(origin=None, token=token))


async def refused(app: Any, at: str, headers: list[tuple[bytes, bytes]]) -> int:
    """The code with which the handshake was refused; not a frame was sent, and nothing waits."""
    socket = WebsocketCommunicator(app, at, headers=headers)
    is_accepted, code = await socket.connect(timeout=PATIENCE_S)
    assert not is_accepted
    assert socket.output_queue.empty()
    await socket.disconnect(timeout=PATIENCE_S)
    return int(code or 0)
