"""Why a session ended, one class per reason; and what is wrong with one frame or one symbol.

    SessionEnded
    ├── ConnectFailed         no connection: refused, no such host, too slow
    ├── CertificateRefused    somebody answers who cannot prove to be the venue
    ├── HandshakeRefused      an HTTP answer instead of a socket, with its status
    ├── SubscriptionRefused   the venue said no to everything that we asked for
    ├── NotAcknowledged       the venue did not answer in time: no welcome, no subscription
    ├── Silent                connected, no market data for too long (a stall)
    ├── PongMissing           the peer does not answer pings, whatever else it sends
    ├── ClosedByVenue         the venue closed the socket, politely or not
    ├── Corrupt               too much of what it sends is wrong
    ├── ProtocolBroken        we closed it: a frame too large, or not WebSocket at all
    └── Replaced              we left on purpose: plan changed, a better venue is due
    SymbolRefused             one symbol is not to be had here; the session goes on for the others
    BadFrame                  one frame that cannot be understood; the session goes on

`wait_at_least` is how many seconds the venue has to be left alone by who saw the error, whatever the retry policy
says; `cool_off` the same for every worker at this address. A ban's cool-off doubles from one to the next. A limit is
over after that time, a ban perhaps never.
"""

from typing import ClassVar, Final

MAX_TEXT: Final = 200
MAX_EXCERPT: Final = 512


def printable(text: str) -> str:
    """Text that a venue may have had a hand in, for a row, a log line or a page: escaped, one line, bounded."""
    return ascii(text[:MAX_TEXT])[1:-1][:MAX_TEXT]


class SessionEnded(Exception):
    """A session is over. `reason` is the stable word for rows and metrics; str() is the sentence for people."""

    reason: ClassVar[str]
    wait_at_least: float = 0.0
    cool_off: float = 0.0
    is_ban: bool = False
    is_limit: bool = False


class ConnectFailed(SessionEnded):
    reason = "connect"


class CertificateRefused(SessionEnded):
    reason = "certificate"
    wait_at_least = 10.0


class HandshakeRefused(SessionEnded):
    """`status` is the HTTP status. 403 and 451 are bans, 418 and 429 limits: all get worse when one insists."""

    reason = "handshake"
    cool_offs: ClassVar[dict[int, float]] = {403: 600.0, 451: 600.0, 418: 120.0, 429: 60.0}

    def __init__(self, status: int, retry_after: float | None = None) -> None:
        super().__init__(f"the venue answered the handshake with HTTP {status}")
        self.status = status
        self.is_ban = status in (403, 451)
        self.is_limit = status in (418, 429)
        self.cool_off = retry_after if retry_after is not None else self.cool_offs.get(status, 0.0)


class SubscriptionRefused(SessionEnded):
    reason = "refused"
    wait_at_least = 60.0


class NotAcknowledged(SessionEnded):
    reason = "no_ack"


class Silent(SessionEnded):
    reason = "silent"


class PongMissing(SessionEnded):
    reason = "no_pong"


class ClosedByVenue(SessionEnded):
    """`code` is the WebSocket close code of RFC 6455 section 7.4 (1006: no close frame came)."""

    reason = "closed"
    # 1008: policy violation, insisting makes it a ban. 1013: try again later.
    cool_offs: ClassVar[dict[int, float]] = {1008: 600.0, 1013: 30.0}

    def __init__(self, code: int, text: str) -> None:
        cut = "the line was cut without a word"
        super().__init__(cut if code == 1006 else f"the venue closed the session with {code} {text}".rstrip())
        self.code = code
        self.cool_off = self.cool_offs.get(code, 0.0)
        # 1012: it restarts, which takes a moment.
        self.wait_at_least = 1.0 if code == 1012 else 0.0


class ProtocolBroken(SessionEnded):
    """`code` is the one that we closed with: 1009 for a frame beyond our bound, 1002 or 1007 for what is none."""

    reason = "protocol"

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"closed with {code}: {text}")
        self.code = code


class Corrupt(SessionEnded):
    reason = "corrupt"


class Replaced(SessionEnded):
    reason = "replaced"


class SymbolRefused(Exception):
    """The venue does not give what was asked for of one symbol; str() is its reason in its own words."""

    def __init__(self, symbol: str, text: str) -> None:
        super().__init__(text)
        self.symbol = symbol


class BadFrame(ValueError):
    """A frame that breaks its venue's documented shape. `reason` is stable, `excerpt` escaped and bounded."""

    def __init__(self, reason: str, excerpt: object) -> None:
        self.reason = reason
        self.excerpt = ascii(excerpt)[:MAX_EXCERPT]
        super().__init__(f"{reason}: {self.excerpt}")
