"""The tokens that a venue gave out over REST: each opens one connection, within its time."""

from __future__ import annotations

import secrets
from datetime import datetime


class Tokens:
    def __init__(self) -> None:
        self.issued = 0
        self.refused = 0
        self._issued_at: dict[str, datetime] = {}

    def issue(self, now: datetime) -> str:
        self.issued += 1
        token = secrets.token_urlsafe(48)
        self._issued_at[token] = now
        return token

    def spend(self, token: str, now: datetime, within: float | None) -> bool:
        """Whether the token is known, unspent and young enough; afterwards it is spent."""
        issued_at = self._issued_at.pop(token, None)
        is_good = issued_at is not None and (within is None or (now - issued_at).total_seconds() < within)
        self.refused += not is_good
        return is_good

    def void(self) -> None:
        self._issued_at.clear()
