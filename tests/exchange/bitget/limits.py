"""BitGet's published limits: of sockets, and of REST calls by account and by IP address."""

from __future__ import annotations

from tests.exchange.bitget.card import Kind
from tests.exchange.dialect import Limits
from tests.exchange.window import Window

MESSAGE_BYTES = 4096
TICKERS_EVERY = 0.3

# `beat_every` is how often a connection looks whether its client still says `ping`, `answer_within` how long it may
# not: BitGet closes then, even while data flows. The most a connection lives is not published.
PRIVATE = Limits(
    beat_every=5.0,
    answer_within=120.0,
    messages=10,
    requests=240,
    requests_within=3600.0,
    life_after=86_400.0,
    connects=300,
)

# Calls a second, by account; ends of paths, the first that fits.
CALLS_A_SECOND = {
    "/v2/mix/position/all-position": 5,
    "/v2/spot/account/info": 1,
    "/v3/account/info": 1,
}
OTHERS_A_SECOND: dict[Kind, int] = {"classic": 10, "unified": 20}
CALLS_A_MINUTE = 6000  # of one IP address


class CallLimits:
    """Counts calls on the desk's clock."""

    def __init__(self, a_minute: int = CALLS_A_MINUTE) -> None:
        self._a_minute = a_minute
        self._by_address: dict[str, Window] = {}
        self._by_account: dict[tuple[str, str], Window] = {}

    def is_address_over(self, address: str, at: float) -> bool:
        return self._by_address.setdefault(address, Window(self._a_minute, 60.0)).is_over(at)

    def is_account_over(self, uid: str, path: str, kind: Kind, at: float) -> bool:
        most = next((most for end, most in CALLS_A_SECOND.items() if path.endswith(end)), OTHERS_A_SECOND[kind])
        return self._by_account.setdefault((uid, path), Window(most, 1.0)).is_over(at)
