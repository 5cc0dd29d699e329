"""The web program: daphne, which closes its sockets with 1001 before it ends, and refuses what is too large unread.

python -m omega_site.web -b HOST -p PORT omega_site.asgi:application     and daphne's other options
"""

import asyncio
import functools
import signal
import sys
from typing import TYPE_CHECKING, Any, Final

# First: it brings the loop that all the others are to use.
from daphne.cli import CommandLineInterface  # isort: skip
from daphne.server import Server
from twisted.internet.defer import Deferred

from dashboard.protocol.codes import GOING_AWAY
from omega_site.daphne_request import Request
from omega_site.daphne_socket import Socket
from omega_site.goodbye import GONE_WITHIN_S, CloseAll, say_goodbye

if TYPE_CHECKING:
    from dashboard.sockets.door import Door

# Autobahn drops who has not answered a close within a second.
_CLOSED_WITHIN_S: Final = 1.2
_LOOK_EVERY_S: Final = 0.02


class WebServer(Server):  # type: ignore[misc]  # daphne ships no types
    """Daphne's server, with a door that is asked before a socket is made, and with another end."""

    def __init__(self, door: "Door", close_all: CloseAll, port_for_machines: int = 0, **options: Any) -> None:
        super().__init__(**options, ready_callable=self._tune)
        self.door = door
        # Where no socket is opened (daphne_request.py).
        self.port_for_machines = port_for_machines
        self._close_all = close_all
        self._ports: list[Any] = []

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Of the requests (daphne_request.py) that ask for a socket, only those come here that the door has counted."""
        if scope["type"] == "websocket":
            scope["is_counted"] = True
        return super().create_application(protocol, scope)

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """An application that answers faster than its client reads waits here."""
        await super().handle_reply(protocol, message)
        if isinstance(protocol, Request):
            await protocol.drain()

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        self._ports.append(port)

    def kill_all_applications(self) -> "Deferred[None]":
        """Before the reactor stops: all sockets are closed first, then what still runs is cancelled as ever."""
        signal.alarm(GONE_WITHIN_S)
        for port in self._ports:
            port.stopListening()
        closing = Deferred.fromFuture(asyncio.ensure_future(self._close_sockets()))
        return closing.addBoth(self._kill)

    def _kill(self, _: object) -> Any:
        """Daphne would stumble over what has no application, such as a request that was just refused."""
        self.connections: dict[Any, Any] = {
            each: of for each, of in self.connections.items() if "application_instance" in of
        }
        return super().kill_all_applications()

    def _tune(self) -> None:
        self.ws_factory.protocol = Socket
        build = self.http_factory.buildProtocol
        self.http_factory.buildProtocol = lambda address: _with_our_requests(build(address))
        # A client that breaks the protocol is told the code, such as 1009, instead of cut.
        self.ws_factory.setProtocolOptions(failByDrop=False)
        Socket.take_options(self.ws_factory)

    async def _close_sockets(self) -> None:
        await say_goodbye(self._close_all)
        for socket in self._open_sockets():
            socket.sendCloseFrame(code=GOING_AWAY)
        for _ in range(int(_CLOSED_WITHIN_S / _LOOK_EVERY_S)):
            if not self._open_sockets():
                return
            await asyncio.sleep(_LOOK_EVERY_S)

    def _open_sockets(self) -> list[Socket]:
        sockets = (protocol for protocol in self.connections if isinstance(protocol, Socket))
        return [socket for socket in sockets if socket.state in (socket.STATE_OPEN, socket.STATE_CLOSING)]


def _with_our_requests(channel: Any) -> Any:
    channel.requestFactory = Request
    return channel


def main() -> None:
    from django.conf import settings

    from omega_site.asgi import close_all, counts, door

    program = CommandLineInterface()
    program.server_class = functools.partial(WebServer, door, close_all, settings.HEALTH_CHECK_PORT)
    counts.begin()
    try:
        program.run(sys.argv[1:])
    finally:
        counts.end()


if __name__ == "__main__":
    main()
