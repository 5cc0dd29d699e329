"""The ports that settings name: opened for a server, or a sentence that says which variable chooses another one."""

import errno
import socket
from typing import Any, Final

from django.conf import settings

from omega_site.start_error import StartError

# An address that the name has and this machine has not, as where IPv6 is switched off.
_NOT_HERE: Final = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


def broadcast_ports() -> list[str]:
    """The settings of the broadcast endpoint whose ports are to be open: the plain one, the one with TLS, or none."""
    ports = ["WEBSOCKET_PORT"] if settings.WEBSOCKET_PORT else []
    if settings.WEBSOCKET_SSL_PORT and settings.WEBSOCKET_SSL_CERT:
        ports.append("WEBSOCKET_SSL_PORT")
    return ports


def open_port(host_setting: str, port_setting: str) -> list[socket.socket]:
    """Sockets for a server to listen on, one for each address of the host. Raises StartError."""
    host, port = getattr(settings, host_setting), getattr(settings, port_setting)
    try:
        return bound(host, port)
    except OSError as error:
        reason = f"cannot be used ({error.strerror}). Correct {host_setting}"
        if error.errno == errno.EADDRINUSE:
            reason = "is taken by another program. Stop that"
        raise StartError(f"Port {port} on {host} {reason}, or set {port_setting} to another port.") from error


def bound(host: str, port: int) -> list[socket.socket]:
    """Of each address of the host that this machine has, such as both of localhost.

    Raises OSError when one is taken, or there is none.
    """
    sockets: list[socket.socket] = []
    missing = None
    for family, *_, address in dict.fromkeys(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)):
        try:
            sockets.append(_bound(family, address))
        except OSError as error:
            if error.errno not in _NOT_HERE:
                close(sockets)
                raise
            missing = error
    if missing and not sockets:
        raise missing
    return sockets


def _bound(family: int, address: Any) -> socket.socket:
    server = socket.socket(family, socket.SOCK_STREAM)
    try:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # The same name's address of the other family has a socket of its own.
            server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        server.bind(address)
    except OSError:
        server.close()
        raise
    return server


def close(sockets: list[socket.socket]) -> None:
    for each in sockets:
        each.close()
