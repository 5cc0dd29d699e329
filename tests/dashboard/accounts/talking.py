"""A browser's side of the accounts' sockets, for tests."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asgiref.typing import ASGIApplication
from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.urls import path

from dashboard.accounts.consumers import PositionsConsumer
from dashboard.accounts.hub import AccountHub
from feeds.clock import SystemClock
from tests.clock import ManualClock
from tests.dashboard.conftest import Visitor


def communicator(
    visitor: Visitor,
    consumer: type[PositionsConsumer],
    hub: AccountHub | None = None,
    clock: ManualClock | None = None,
) -> WebsocketCommunicator:
    served: Any = consumer.as_asgi(hub=hub or AccountHub(SystemClock()), clock=clock or ManualClock())
    app: ASGIApplication = AuthMiddlewareStack(URLRouter([path("ws/", served)]))
    return WebsocketCommunicator(app, "/ws/", headers=[(b"cookie", visitor.cookie.encode())])


@asynccontextmanager
async def connected(
    visitor: Visitor,
    clock: ManualClock | None = None,
    consumer: type[PositionsConsumer] = PositionsConsumer,
    hub: AccountHub | None = None,
) -> AsyncIterator[WebsocketCommunicator]:
    """Its rights are looked at by a clock that the test moves; the hub keeps its own."""
    socket = communicator(visitor, consumer, hub, clock)
    is_accepted, code = await socket.connect(timeout=5)
    assert is_accepted, code
    try:
        yield socket
    finally:
        await socket.disconnect()


async def next_with(socket: WebsocketCommunicator, kind: str, seen: list[str] | None = None) -> dict[str, Any]:
    """The next message of a kind; `seen` is given every frame."""
    async with asyncio.timeout(5):
        while True:
            frame = str(await socket.receive_from(timeout=5))
            if seen is not None:
                seen.append(frame)
            for message in json.loads(frame):
                if message["type"] == kind:
                    found: dict[str, Any] = message
                    return found
