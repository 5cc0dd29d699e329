"""Where BitGet is: at its own hosts when live, else the same path on this machine. Nothing else is connected to."""

from typing import Final

from django.conf import settings

REST_URL: Final = "https://api.bitget.com"
# Demo trading has sockets of its own; its REST is told by a header.
_REPLAYED_BELOW: Final = {
    REST_URL: "bitget",
    "wss://ws.bitget.com": "bitget",
    "wss://wspap.bitget.com": "bitget-demo",
}


def reached(url: str) -> str:
    """The address itself, or the one at the replay exchange that stands for it. ValueError for any other host."""
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    below = _REPLAYED_BELOW.get(f"{scheme}://{host}")
    if below is None:
        raise ValueError(f"BitGet is not at {scheme}://{host}")
    if settings.OMEGA_MODE == "live":
        return url
    exchange = settings.REPLAY_EXCHANGE_URL.removeprefix("http")
    return f"{scheme.removesuffix('s')}{exchange}/{below}/{path}"
