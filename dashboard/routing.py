"""Routes of the sockets, behind the door."""

from typing import Any

from channels.routing import URLRouter
from django.urls import path, re_path

from dashboard.consumers import ClientConsumer, DashboardConsumer
from dashboard.sockets.door import Door, Receive, Send


async def nothing_here(scope: object, receive: Receive, send: Send) -> None:
    """Closed before it was accepted: the handshake is answered with 403."""
    await receive()
    await send({"type": "websocket.close"})


# Django's stubs know views only; URLRouter takes any ASGI application.
_dashboard: Any = path("ws/dashboard/", DashboardConsumer.as_asgi())  # type: ignore[arg-type]
_clients: Any = path("ws/v2/", ClientConsumer.as_asgi())  # type: ignore[arg-type]
# On ports of their own the address alone is enough.
_bare: Any = path("", ClientConsumer.as_asgi())  # type: ignore[arg-type]

_anything_else: Any = re_path("", nothing_here)  # type: ignore[arg-type]

# Both count for themselves; a process serves one of them.
sockets = Door(URLRouter([_dashboard, _clients, _anything_else]))
broadcast_sockets = Door(URLRouter([_bare, _clients, _anything_else]))
