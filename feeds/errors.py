"""Why a session ended, one class per reason; and what is wrong with a frame.

    SessionEnded
    ├── ConnectFailed         no connection: refused, no such host, certificate, too slow
    ├── HandshakeRefused      an HTTP answer instead of a socket, with its status
    ├── SubscriptionRefused   the venue said no to something that we asked for
    ├── NotAcknowledged       the venue did not answer a subscription in time
    ├── Silent                connected, no market data for too long (a stall)
    ├── PongMissing           the peer does not answer pings, whatever else it sends
    ├── ClosedByVenue         the venue closed the socket, politely or not
    ├── Corrupt               too much of what it sends is wrong
    └── Replaced              we left on purpose: plan changed, a better venue is due
    BadFrame                  one frame that cannot be understood; the session goes on

Each says by `wait_at_least` how many seconds the venue has to be left alone, whatever its retry policy says.
"""

from typing import ClassVar, Final

MAX_TEXT: Final = 200


def printable(text: str) -> str:
    """Text that a venue may have had a hand in, for a row, a log line or a page: escaped, one line, bounded."""
    return ascii(text[:MAX_TEXT])[1:-1][:MAX_TEXT]


class SessionEnded(Exception):
    """A session is over. `reason` is the stable word for rows and metrics; str() is the sentence for people."""

    reason: ClassVar[str]
    wait_at_least: float = 0.0


class ConnectFailed(SessionEnded):
    reason = "connect"


class HandshakeRefused(SessionEnded):
    """`status` is the HTTP status. 403 and 451 are bans, 418 and 429 limits: both get worse when one insists."""

    reason = "handshake"
    cool_off: ClassVar[dict[int, float]] = {403: 600.0, 451: 600.0, 418: 120.0, 429: 60.0}

    def __init__(self, status: int, retry_after: float | None = None) -> None:
        super().__init__(f"the venue answered the handshake with HTTP {status}")
        self.status = status
        self.wait_at_least = retry_after if retry_after is not None else self.cool_off.get(status, 0.0)


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
    cool_off: ClassVar[dict[int, float]] = {1008: 600.0, 1013: 30.0}

    def __init__(self, code: int, text: str) -> None:
        cut = "the line was cut without a word"
        super().__init__(cut if code == 1006 else f"the venue closed the session with {code} {text}".rstrip())
        self.code = code
        self.wait_at_least = self.cool_off.get(code, 0.0)


class Corrupt(SessionEnded):
    reason = "corrupt"


class Replaced(SessionEnded):
    reason = "replaced"


class BadFrame(ValueError):
    """A frame that breaks its venue's documented shape. `reason` is stable, `excerpt` escaped and bounded."""

    def __init__(self, reason: str, excerpt: object) -> None:
        self.reason = reason
        self.excerpt = ascii(excerpt)[:512]
        super().__init__(f"{reason}: {self.excerpt}")
