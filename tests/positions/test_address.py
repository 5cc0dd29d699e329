"""Where BitGet is looked for, live and in replay."""

import pytest
from pytest_django import Settings

from positions.address import REST_URL, reached


@pytest.mark.parametrize(
    ("url", "replayed"),
    [
        ("wss://ws.bitget.com/v2/ws/private", "ws://127.0.0.1:8999/bitget/v2/ws/private"),
        ("wss://ws.bitget.com/v3/ws/public", "ws://127.0.0.1:8999/bitget/v3/ws/public"),
        ("wss://wspap.bitget.com/v2/ws/private", "ws://127.0.0.1:8999/bitget-demo/v2/ws/private"),
        (f"{REST_URL}/api/v2/a?b=c&d=e/f", "http://127.0.0.1:8999/bitget/api/v2/a?b=c&d=e/f"),
    ],
)
def test_every_host_has_its_place_at_the_replay_exchange(settings: Settings, url: str, replayed: str) -> None:
    """B-21: a test never reaches the real venue, and live mode never the exchange of the tests."""
    settings.REPLAY_EXCHANGE_URL = "http://127.0.0.1:8999"
    assert reached(url) == replayed
    settings.OMEGA_MODE = "live"
    assert reached(url) == url


@pytest.mark.parametrize("mode", ["live", "replay", "test"])
@pytest.mark.parametrize(
    "url",
    [
        "wss://ws.bitget.com.evil.example/v2/ws/private",
        "wss://ws.bitget.com@evil.example/v2/ws/private",
        "wss://ws.bitget.com:9443/v2/ws/private",
        "ws://ws.bitget.com/v2/ws/private",
        "http://api.bitget.com/api/v2/public/time",
        "https://API.bitget.com/api/v2/public/time",
        "https://evil.example/https://api.bitget.com/",
        "",
    ],
)
def test_no_other_host_is_connected_to(settings: Settings, mode: str, url: str) -> None:
    """S17: a key is never sent elsewhere, nor in the clear."""
    settings.OMEGA_MODE = mode
    with pytest.raises(ValueError, match="BitGet is not at"):
        reached(url)
