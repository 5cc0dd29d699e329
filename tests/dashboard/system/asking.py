"""What machines ask, put to the application that answers them, without a server around it."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from asgiref.sync import async_to_sync
from django.test import Client

from dashboard.system.monitoring import Monitoring
from dashboard.system.watch import WATCH, Watch

# Of the port for machines.
PORT = 8080
PAGE_PORT = 8000


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


async def _pages(scope: Any, receive: Any, send: Any) -> None:
    """Whatever is no question of a machine."""
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b"a page"})


async def put(
    path: str,
    headers: Mapping[str, str],
    *,
    method: str = "GET",
    port: int = PAGE_PORT,
    watch: Watch = WATCH,
    address: str = "127.0.0.1",
) -> Answer:
    said: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    sent = [(name.lower().encode(), value.encode("latin1")) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": sent, "server": ("127.0.0.1", port)}
    scope["client"] = (address, 49152)
    await Monitoring(_pages, watch, PORT)(scope, None, send)
    got = {name.decode(): value.decode() for name, value in said[0]["headers"]}
    return Answer(said[0]["status"], got, said[1]["body"])


def ask(path: str, client: Client | None = None, *, token: str = "", accept: str = "*/*", **more: Any) -> Answer:
    """As the browser that is logged in there, or with a token, or as a stranger."""
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items()) if client else ""
    headers = {"Accept": accept} | ({"Cookie": cookies} if cookies else {})
    return async_to_sync(put)(path, headers | ({"Authorization": f"Bearer {token}"} if token else {}), **more)
