"""The end of the web program, where Daphne's own would stumble."""

import asyncio
from typing import Any

from channels.routing import URLRouter

from dashboard.sockets.door import Door
from omega_site.web import WebServer
from tests.omega_site.holding import close_nobody


async def test_refused_request_does_not_keep_applications_running() -> None:
    """W-14: a connection that never got an application, such as of a flood, is passed over, and the others end."""
    server: Any = WebServer(Door(URLRouter([])), close_nobody, application=None, endpoints=["tcp:0"])
    running = asyncio.create_task(asyncio.sleep(60))
    server.connections = {"refused": {"connected": 0}, "open": {"connected": 0, "application_instance": running}}
    await server._kill(None).asFuture(asyncio.get_running_loop())
    assert running.cancelled()
