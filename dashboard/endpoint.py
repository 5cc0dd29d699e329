"""Where API clients find this site: the URLs of the broadcast ports, and of the web port where those are closed."""

from typing import Final

from django.conf import settings

_ANY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # compared with, not bound to


def broadcast_url(port: str) -> str:
    """For the port of this setting."""
    scheme = "wss" if port == "WEBSOCKET_SSL_PORT" else "ws"
    return f"{scheme}://{_in_url(settings.WEBSOCKET_HOST)}:{getattr(settings, port)}/"


def near_url() -> str:
    """For a client on this machine: without TLS."""
    if settings.WEBSOCKET_PORT:
        return broadcast_url("WEBSOCKET_PORT")
    return f"ws://{_in_url(near(settings.OMEGA_HOST))}:{settings.OMEGA_PORT}/ws/v2/"


def near(host: str) -> str:
    """What reaches, from this machine, a server that listens at this host."""
    return _ANY_ADDRESS.get(host, host)


def _in_url(host: str) -> str:
    """RFC 3986 3.2.2: an address of IPv6 has brackets."""
    return f"[{host}]" if ":" in host else host
