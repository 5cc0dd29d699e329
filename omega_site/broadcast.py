"""The broadcast program: sockets of API clients on ports of their own, plain and over TLS, served by uvicorn.

    python -m omega_site.programs broadcast

One loop, however many ports are open: Redis is read once for all who listen.
"""

import asyncio
import signal
import socket
import ssl
import sys
from typing import Any, Final

import uvicorn
from django.conf import settings

from dashboard.endpoint import broadcast_url
from dashboard.protocol import bounds
from feeds.clock import Clock, SystemClock
from omega_site.certificate import read_certificate
from omega_site.goodbye import GONE_WITHIN_S, CloseAll, say_goodbye
from omega_site.port import broadcast_ports, open_port
from omega_site.start_error import StartError, environment_faults
from omega_site.uvicorn_connection import Request, Socket

# After 1001 an application has nothing left to do; one that hangs is cancelled.
_APPLICATIONS_END_WITHIN_S: Final = 3
_NOTHING: Final = "WEBSOCKET_PORT is 0 and nothing is served over TLS: nothing is opened, until the end is asked for."
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


class Broadcast:
    """The servers of one application, one for each port."""

    def __init__(self, application: Any, close_all: CloseAll, clock: Clock | None = None) -> None:
        self._application = application
        self._close_all = close_all
        self._clock = clock or SystemClock()
        self._watching: asyncio.Task[None] | None = None
        self._running: list[tuple[uvicorn.Server, list[socket.socket]]] = []

    async def start_server(self) -> list[str]:
        """Opens the ports that the settings name, but for wss without a certificate that can be used.

        The URLs for clients. Raises StartError where ports are named and none can be opened.
        """
        wanted = broadcast_ports()
        certificate = read_certificate() if settings.WEBSOCKET_SSL_PORT else None
        ports = [port for port in wanted if port == "WEBSOCKET_PORT" or certificate]
        if wanted and not ports:
            raise StartError("There is nothing to serve: WEBSOCKET_PORT is 0, and the certificate cannot be used.")
        for port in ports:
            await self._open(port, certificate.context if certificate and port == "WEBSOCKET_SSL_PORT" else None)
        if certificate:
            self._watching = asyncio.create_task(certificate.watch(self._clock))
        return [broadcast_url(port) for port in ports]

    async def stop_server(self) -> None:
        """Takes nobody in any more, closes every socket with 1001, and returns when all of them are gone."""
        if self._watching:
            self._watching.cancel()
        for server, _ in self._running:
            for listener in server.servers:
                listener.close()
        await say_goodbye(self._close_all)
        await asyncio.gather(*(server.shutdown(sockets) for server, sockets in self._running))
        self._running.clear()

    async def _open(self, port: str, context: ssl.SSLContext | None) -> None:
        config = _config(self._application, context)
        config.load()
        server = uvicorn.Server(config)
        # Its serve() would do these steps too, but takes the signals for itself, and there are two of it.
        server.lifespan = config.lifespan_class(config)
        sockets = open_port("WEBSOCKET_HOST", port)
        await server.startup(sockets)
        self._running.append((server, sockets))


def _config(application: Any, context: ssl.SSLContext | None) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        interface="asgi3",
        http=Request,
        ws=Socket,
        ws_max_size=bounds.FRAME_LIMIT,
        ws_ping_interval=bounds.PING_EVERY_S,
        ws_ping_timeout=bounds.PONG_WITHIN_S,
        ws_per_message_deflate=settings.WEBSOCKET_COMPRESSION,
        ssl_context_factory=(lambda *_: context) if context else None,
        lifespan="off",
        log_config=None,
        access_log=False,
        # Who stands behind a proxy is the door's to say.
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_APPLICATIONS_END_WITHIN_S,
    )


async def serve(broadcast: Broadcast) -> None:
    """Until SIGTERM or SIGINT; a second one ends the process at once.

    Without a port that is to be opened too: managers take a program that ends for one that crashed.
    """
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, asked.set)
    addresses = await broadcast.start_server()
    sys.stdout.write(f"listening on {' and '.join(addresses)}\n" if addresses else f"{_NOTHING}\n")
    sys.stdout.flush()
    await asked.wait()
    for number in _SIGNALS:
        loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL)
    signal.alarm(GONE_WITHIN_S)
    await broadcast.stop_server()


def main() -> int:
    try:
        with environment_faults():
            from omega_site.asgi import broadcast_application, close_all, counts
        counts.begin()
        try:
            asyncio.run(serve(Broadcast(broadcast_application, close_all)))
        finally:
            counts.end()
    except StartError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
