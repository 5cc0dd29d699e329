"""One client of a socket: what it is, what was counted of it, and the states that it can be in. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from dashboard.protocol import codes


class ClientState(StrEnum):
    """`reconnecting`: cut off, and may come back under its name. `error`: closed for its own faults."""

    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    RECONNECTING = "reconnecting"
    ERROR = "error"


_NEXT: Final = {
    ClientState.CONNECTED: {ClientState.DISCONNECTED, ClientState.RECONNECTING, ClientState.ERROR},
    ClientState.RECONNECTING: {ClientState.CONNECTED, ClientState.DISCONNECTED},
    # Who was too slow comes back and gets what it missed.
    ClientState.ERROR: {ClientState.CONNECTED, ClientState.DISCONNECTED},
    ClientState.DISCONNECTED: set[ClientState](),
}
_FAULTS: Final = {codes.BAD_CLIENT, codes.TOO_BIG, codes.TOO_SLOW, codes.BAD_FRAME, codes.TOO_MANY}
# 1000 and 1005 are a client's goodbye, with a code and without one (RFC 6455 7.4.1).
_GOODBYES: Final = {1000, 1005, codes.GOING_AWAY}

# Said by the server's own protocol, before anything of ours hears of it (RFC 6455 7.4.1).
_NOT_UNDERSTOOD: Final = {1002, 1007, codes.TOO_BIG}

# Asks a socket to close, with a code and why. Returns at once.
Close = Callable[[int, str], None]


class IllegalTransition(ValueError):
    """No client gets from the one state into the other."""


class ClientLine(msgspec.Struct, frozen=True, kw_only=True):
    """A client as people read of it."""

    id: str
    kind: str
    state: ClientState
    user_id: int
    username: str
    address: str
    connected_at: datetime
    last_message_at: datetime | None
    message_count: int
    error_count: int
    last_error_at: datetime | None
    sent_frames: int
    sent_bytes: int
    topics: list[str]
    close_code: int | None = None
    closed_at: datetime | None = None
    process: str = ""


@dataclass(eq=False)
class Client:
    """`kind` is dashboard or client: which of the two consumers serves it. Messages and errors are the client's own."""

    id: str
    kind: str
    user_id: int
    username: str
    address: str
    connected_at: datetime
    close: Close
    state: ClientState = ClientState.CONNECTED
    last_message_at: datetime | None = None
    message_count: int = 0
    error_count: int = 0
    last_error_at: datetime | None = None
    sent_frames: int = 0
    sent_bytes: int = 0
    topics: list[str] = field(default_factory=list)
    close_code: int | None = None
    closed_at: datetime | None = None
    # Since when it owes the answer to a tick; None while it owes none, and once it is being closed.
    asked_at: datetime | None = None

    def heard(self, at: datetime) -> None:
        """It said something."""
        self.last_message_at = at
        self.message_count += 1

    def erred(self, at: datetime) -> None:
        """What it said could not be taken."""
        self.last_error_at = at
        self.error_count += 1

    def sent(self, size: int) -> None:
        """A frame of so many bytes is on its way to it."""
        self.sent_frames += 1
        self.sent_bytes += size

    def move(self, state: ClientState) -> None:
        if state not in _NEXT[self.state]:
            raise IllegalTransition(f"a client that is {self.state} cannot become {state}")
        self.state = state

    def ended(self, code: int, by_us: bool, at: datetime) -> None:
        """Its socket is closed with this code, which we said or it did."""
        self.move(_state_after(code, by_us))
        self.close_code, self.closed_at = code, at

    def go_on(self, before: "Client") -> None:
        """It is the one that it was before: what was counted of that one counts on."""
        if before.state is not ClientState.CONNECTED:
            before.move(ClientState.CONNECTED)
        self.message_count += before.message_count
        self.error_count += before.error_count
        self.last_error_at = self.last_error_at or before.last_error_at
        self.sent_frames += before.sent_frames
        self.sent_bytes += before.sent_bytes

    def line(self) -> ClientLine:
        return ClientLine(
            id=self.id,
            kind=self.kind,
            state=self.state,
            user_id=self.user_id,
            username=self.username,
            address=self.address,
            connected_at=self.connected_at,
            last_message_at=self.last_message_at,
            message_count=self.message_count,
            error_count=self.error_count,
            last_error_at=self.last_error_at,
            sent_frames=self.sent_frames,
            sent_bytes=self.sent_bytes,
            topics=sorted(self.topics),
            close_code=self.close_code,
            closed_at=self.closed_at,
        )


def _state_after(code: int, by_us: bool) -> ClientState:
    if (by_us and code in _FAULTS) or code in _NOT_UNDERSTOOD:
        return ClientState.ERROR
    is_over = code != codes.BROKEN if by_us else code in _GOODBYES
    return ClientState.DISCONNECTED if is_over else ClientState.RECONNECTING
