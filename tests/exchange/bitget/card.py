"""An API key, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["classic", "unified"]
Environment = Literal["live", "demo"]
Right = Literal["read", "trade", "withdraw"]
PositionMode = Literal["one_way_mode", "hedge_mode"]


@dataclass(slots=True)
class KeyCard:
    """An API key and the account behind it. `addresses` is its IP list; empty lets everybody in."""

    key: str
    secret: str = field(repr=False)
    passphrase: str = field(repr=False)
    kind: Kind = "classic"
    environment: Environment = "live"
    uid: str = ""
    rights: tuple[Right, ...] = ("read",)
    addresses: tuple[str, ...] = ()
    expires_at: datetime | None = None
    position_mode: PositionMode = "one_way_mode"
    is_revoked: bool = False

    def is_valid(self, now: datetime) -> bool:
        return not self.is_revoked and (self.expires_at is None or now < self.expires_at)
