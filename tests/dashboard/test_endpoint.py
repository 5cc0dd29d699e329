"""Where API clients find this site."""

import pytest
from pytest_django import Settings

from dashboard.endpoint import broadcast_url, near_url


@pytest.mark.parametrize(
    ("host", "url"),
    [("localhost", "ws://localhost:9886/"), ("192.0.2.1", "ws://192.0.2.1:9886/"), ("::1", "ws://[::1]:9886/")],
)
def test_broadcast_port_is_a_url(settings: Settings, host: str, url: str) -> None:
    """W-03: an address of IPv6 has brackets."""
    settings.WEBSOCKET_HOST, settings.WEBSOCKET_PORT, settings.WEBSOCKET_SSL_PORT = host, 9886, 9887
    assert broadcast_url("WEBSOCKET_PORT") == near_url() == url
    assert broadcast_url("WEBSOCKET_SSL_PORT") == url.replace("ws:", "wss:").replace("9886", "9887")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "ws://127.0.0.1:8000/ws/v2/"),
        ("0.0.0.0", "ws://127.0.0.1:8000/ws/v2/"),  # noqa: S104
        ("::", "ws://[::1]:8000/ws/v2/"),
    ],
)
def test_closed_port_leads_to_the_web_port(settings: Settings, host: str, url: str) -> None:
    """W-03: 0 closes the broadcast port; the web port has an endpoint of its own."""
    settings.WEBSOCKET_PORT, settings.OMEGA_HOST, settings.OMEGA_PORT = 0, host, 8000
    assert near_url() == url
