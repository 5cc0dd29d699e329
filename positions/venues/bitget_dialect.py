"""What an account's line asks of BitGet's two worlds. Pure: text out, text in, no I/O."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Final

from feeds.venues.base import Frame, Request, encode
from feeds.venues.rest import microseconds
from positions.keys.credentials import Credentials
from positions.types import AccountEvent
from positions.venues.bitget_frames import key_of, parse
from positions.venues.bitget_rest import AccountRest
from positions.venues.bitget_sign import signature
from positions.words import AccountKind, Environment

HOSTS: Final = {Environment.LIVE: "wss://ws.bitget.com", Environment.DEMO: "wss://wspap.bitget.com"}


class Dialect(ABC):
    """Facts as class attributes; a subclass says how its world names a channel."""

    kind: ClassVar[AccountKind]
    rest: ClassVar[AccountRest]
    version: ClassVar[str]
    channels: ClassVar[tuple[str, ...]]
    PING: ClassVar[str] = "ping"

    @abstractmethod
    def argument(self, channel: str) -> dict[str, str]:
        """How a private channel is asked for."""

    @abstractmethod
    def ticker(self, symbol: str) -> dict[str, str]:
        """How the public prices of a symbol are asked for."""

    def private_url(self, environment: Environment) -> str:
        return f"{HOSTS[environment]}/{self.version}/ws/private"

    def public_url(self, environment: Environment) -> str:
        return f"{HOSTS[environment]}/{self.version}/ws/public"

    def login(self, credentials: Credentials, now: datetime) -> str:
        """The first thing to send; `now` is the venue's time. It is valid for 30 s.

        Seconds, unlike in REST: the documentation says both, and all working clients send these.
        """
        timestamp = str(microseconds(now) // 1_000_000)
        sign = signature(credentials.secret, f"{timestamp}GET/user/verify")
        arguments = {
            "apiKey": credentials.key,
            "passphrase": credentials.passphrase,
            "timestamp": timestamp,
            "sign": sign,
        }
        return encode({"op": "login", "args": [arguments]})

    def subscribe(self) -> tuple[Request, ...]:
        """What to send once the venue has taken the login: a frame for each channel, so that each is answered."""
        return tuple(_request("subscribe", self.argument(channel)) for channel in self.channels)

    def watch(self, symbols: Iterable[str]) -> tuple[Request, ...]:
        """What to send on the public socket to receive these prices."""
        return tuple(_request("subscribe", self.ticker(symbol), symbol) for symbol in symbols)

    def unwatch(self, symbols: Iterable[str]) -> tuple[Request, ...]:
        return tuple(_request("unsubscribe", self.ticker(symbol), symbol) for symbol in symbols)

    def parse(self, frame: Frame) -> list[AccountEvent]:
        """Everything that the frame says. BadFrame when it breaks the documented shape.

        A frame says itself of which world it is, by `channel` or by `topic` (B-22), so both are read here.
        """
        return parse(frame)


def _request(operation: str, argument: dict[str, str], symbol: str = "") -> Request:
    return Request(key_of(argument), encode({"op": operation, "args": [argument]}), symbol)
