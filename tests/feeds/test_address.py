"""Where a venue may be: a corpus of addresses that must never be connected to, and the few that may."""

from typing import Final

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from feeds import address
from feeds.models import Venue
from feeds.venues import REGISTRY

pytestmark = pytest.mark.django_db

TRICKS: Final = [
    # Another host.
    "wss://evil.example/stream",
    "wss://api.kraken.com/stream",
    "wss://evil.example/?next=wss://stream.binance.com/stream",
    "wss://evil.example/redirect/wss://stream.binance.com:9443/stream",
    # The host's name at the wrong place.
    "wss://stream.binance.com@evil.example/stream",
    "wss://stream.binance.com:9443@evil.example/stream",
    "wss://user:password@stream.binance.com/stream",
    "wss://@stream.binance.com/stream",
    "wss://evil.example#@stream.binance.com/stream",
    "wss://evil.example?@stream.binance.com/stream",
    "wss://evil.example\\@stream.binance.com/stream",
    "wss://evil.example\\.stream.binance.com/stream",
    "wss:///stream.binance.com/stream",
    "wss:stream.binance.com/stream",
    "//stream.binance.com/stream",
    "stream.binance.com/stream",
    # Before it, or behind it.
    "wss://stream.binance.com.evil.example/stream",
    "wss://evilstream.binance.com/stream",
    "wss://evil.stream.binance.com/stream",
    "wss://evil-stream.binance.com/stream",
    "wss://binance.com/stream",
    "wss://stream.binance.comevil.example/stream",
    "wss://stream.binance.co/stream",
    # Written so that one reader sees another host than the next one.
    "wss://STREAM.BINANCE.COM/stream",
    "WSS://stream.binance.com/stream",
    "wss://stream.binance.com./stream",
    "wss://stream..binance.com/stream",
    "wss://stream\u3002binance\u3002com/stream",
    "wss://stream\uff0ebinance\uff0ecom/stream",
    "wss://stream.b\u0456nance.com/stream",
    "wss://stream.xn--bnance-q9a.com/stream",
    "wss://\uff53tream.binance.com/stream",
    "wss://stream.binance%2ecom/stream",
    "wss://stream.binance.com%00.evil.example/stream",
    "wss://stream.binance.com\x00.evil.example/stream",
    "wss://stream.binance.com\u00ad/stream",
    "wss://stream.binance.com/stream\u202e",
    # Lines of its own in our request.
    "wss://stream.binance.com/stream\r\nHost: evil.example",
    "wss://stream.binance.com/stream%0d%0aHost:evil",
    "wss://stream.binance.com\r\n/stream",
    "wss://stream.binance.com/stream\n",
    "wss://stream.binance.com/\tstream",
    " wss://stream.binance.com/stream",
    "wss://stream.binance.com/stream ",
    # Ports.
    "wss://stream.binance.com:0/stream",
    "wss://stream.binance.com:22/stream",
    "wss://stream.binance.com:80/stream",
    "wss://stream.binance.com:6379/stream",
    "wss://stream.binance.com:65979/stream",
    "wss://stream.binance.com:74979/stream",
    "wss://stream.binance.com:099443/stream",
    "wss://stream.binance.com:-443/stream",
    "wss://stream.binance.com:+443/stream",
    "wss://stream.binance.com:\u0664\u0664\u0663/stream",
    "wss://stream.binance.com:/stream",
    "wss://stream.binance.com:443:9443/stream",
    # Schemes, fragments, questions.
    "ws://stream.binance.com:9443/stream",
    "http://stream.binance.com:9443/stream",
    "https://stream.binance.com:9443/stream",
    "file:///etc/passwd",
    "gopher://stream.binance.com:9443/stream",
    "javascript:alert(1)",
    "wss://stream.binance.com/stream#fragment",
    "wss://stream.binance.com/stream?streams=btcusdt@trade",
    # Addresses by number, private ranges, this machine, the one that clouds keep their secrets at.
    "wss://127.0.0.1/stream",
    "wss://127.0.0.1:9443/stream",
    "wss://127.1/stream",
    "wss://2130706433/stream",
    "wss://0x7f000001/stream",
    "wss://0177.0.0.1/stream",
    "wss://0.0.0.0/stream",
    "wss://localhost/stream",
    "wss://localhost.localdomain/stream",
    "wss://[::1]/stream",
    "wss://[::]/stream",
    "wss://[::ffff:127.0.0.1]/stream",
    "wss://[fd00::1]/stream",
    "wss://[fe80::1%25eth0]/stream",
    "wss://10.0.0.1/stream",
    "wss://172.16.0.1/stream",
    "wss://192.168.0.1/stream",
    "wss://100.64.0.1/stream",
    "wss://169.254.169.254/latest/meta-data/",
    "wss://metadata.google.internal/",
    "wss://127.0.0.1.nip.io/stream",
    "wss://redis/stream",
    "wss:///",
    "wss://",
]


@pytest.fixture
def _live(settings: Settings) -> None:
    settings.OMEGA_MODE = "live"


@pytest.mark.usefixtures("_live")
@pytest.mark.parametrize("url", TRICKS)
def test_trick_is_refused(url: str) -> None:
    """S17: 0 accepted; the row is not saved by a form, and the sentence says which hosts are."""
    with pytest.raises(ValidationError) as refusal:
        Venue(code="binance", name="Binance", priority=1, url=url).full_clean(validate_unique=False)
    assert set(refusal.value.message_dict) == {"url"}


@pytest.mark.usefixtures("_live")
def test_refusal_names_the_hosts_that_are_allowed() -> None:
    """S17: whoever mistyped it can correct it."""
    told = address.objection("wss://ws.okx.example/ws/v5/public", REGISTRY["okx"])
    assert all(host in told for host in ("ws.okx.com", "wseea.okx.com", "wsus.okx.com"))


@pytest.mark.usefixtures("_live")
@pytest.mark.parametrize("code", REGISTRY)
def test_every_host_of_a_venue_may_be_chosen(code: str) -> None:
    """F-02: its own addresses, and those of its regional sites."""
    dialect = REGISTRY[code]
    first = dialect.urls[0]
    scheme, path = first.partition("://")[0], first.partition("://")[2].partition("/")[2]
    chosen = [*dialect.urls, *(f"{scheme}://{host}/{path}" for host in dialect.other_hosts)]
    assert {url: address.objection(url, dialect) for url in chosen} == dict.fromkeys(chosen, "")


@pytest.mark.usefixtures("_live")
@pytest.mark.parametrize(
    ("code", "url"),
    [
        ("binance", "wss://stream.binance.com:9443/ws/btcusdt@trade"),
        ("bybit", "wss://stream.bybit.com/v5/public/spot"),
        ("okx", "wss://ws.okx.com:8443/ws/v5/public"),
        ("htx", "wss://api.huobi.pro/ws"),
        ("kraken", "wss://ws.kraken.com"),
        ("gateio", "wss://api.gateio.ws/ws/v4/"),
    ],
)
def test_addresses_of_the_mission_may_be_chosen(code: str, url: str) -> None:
    """F-02: all but KuCoin's, which is a placeholder: its real one comes with a token."""
    assert address.objection(url, REGISTRY[code]) == ""


@pytest.mark.usefixtures("_live")
def test_venue_with_a_token_is_reached_over_https_only() -> None:
    """F-02: what is kept for KuCoin is where the token is asked for."""
    dialect = REGISTRY["kucoin"]
    assert address.objection("https://api.kucoin.com/api/v1/bullet-public", dialect) == ""
    assert "https://HOST" in address.objection("wss://ws-api.kucoin.com/endpoint", dialect)
    assert "https://HOST" in address.objection("http://api.kucoin.com/api/v1/bullet-public", dialect)


@pytest.mark.parametrize("mode", ["test", "replay"])
@pytest.mark.parametrize(
    ("code", "url", "is_allowed"),
    [
        ("binance", "ws://127.0.0.1:8999/binance/stream", True),
        ("binance", "wss://localhost:8999/", True),
        ("binance", "ws://[::1]:8999/x", True),
        ("kucoin", "http://127.0.0.1:8999/kucoin/api/v1/bullet-public", True),
        ("kucoin", "ws://127.0.0.1:8999/", False),
        ("binance", "http://127.0.0.1:8999/", False),
        ("binance", "ws://127.0.0.1:65536/", False),
        ("binance", "ws://127.0.0.2:8999/", False),
        ("binance", "ws://0.0.0.0:8999/", False),
        ("binance", "ws://192.168.0.1:8999/", False),
        ("binance", "ws://127.0.0.1@evil.example/", False),
        ("binance", "ws://localhost.evil.example/", False),
        ("binance", "wss://stream.binance.com:9443/stream", False),
    ],
)
def test_only_this_machine_is_allowed_outside_live_mode(
    settings: Settings, mode: str, code: str, url: str, is_allowed: bool
) -> None:
    """F-02 S17: a fake server at that address is enough for a test, and a test never reaches a real exchange."""
    settings.OMEGA_MODE = mode
    assert (address.objection(url, REGISTRY[code]) == "") is is_allowed
